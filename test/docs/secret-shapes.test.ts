import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { kubernetesTypes } from "../../components/delivery/secret-type.ts";
import type { Catalogue, CatalogueApplication } from "../../stacks/environments/catalogue-spec.ts";
import { root } from "../support/project.ts";
import { SecretInput } from "../support/recording.ts";
import { up } from "../support/stack.ts";

const page = readFileSync(path.join(root, "docs/secret-shapes.md"), "utf8");

/** The page's examples: each is an application of a catalogue, under its own heading. */
const examples = page.split(/^### /m).flatMap((section) => {
  const text = /^```ts\n(?<text>.*?)^```$/ms.exec(section)?.groups?.["text"];
  return text === undefined ? [] : [{ title: section.split("\n")[0] ?? "", text }];
});

/** Says which stack has a Secret. */
const owner = { "multicloud-secrets/stack": "multicloud-secrets/test" };

/** A provided value that would break a text that does not quote it. */
const awkward = 'p"a\\ss: {1}';

/** What each of them must make: what the Secret is, and its values as far as they are the same in each run. */
const expected: Readonly<
  Record<string, { readonly type?: string; readonly metadata?: object; readonly values: (data: Data) => void }>
> = {
  "Argo CD repository": {
    metadata: { labels: { "argocd.argoproj.io/secret-type": "repository" } },
    values: (data) => {
      const url = "https://git.example.com/platform/deployments.git";
      assert.deepEqual(data, { type: "git", url, username: "argocd", password: awkward });
    },
  },
  "Argo CD cluster": {
    metadata: { labels: { "argocd.argoproj.io/secret-type": "cluster" } },
    values: ({ config = "", ...others }) => {
      assert.deepEqual(others, { name: "edge", server: "https://edge.example.com:6443" });
      const caData = Buffer.from(awkward).toString("base64");
      assert.deepEqual(JSON.parse(config), { bearerToken: awkward, tlsClientConfig: { caData } });
    },
  },
  "TLS certificate for an Ingress": {
    type: "kubernetes.io/tls",
    values: (data) => {
      assert.deepEqual(data, { "tls.crt": awkward, "tls.key": awkward });
    },
  },
  "Registry pull secret": {
    type: "kubernetes.io/dockerconfigjson",
    values: ({ ".dockerconfigjson": config = "", ...others }) => {
      const login = (username: string) => ({
        username,
        password: awkward,
        auth: Buffer.from(`${username}:${awkward}`).toString("base64"),
      });
      const auths = {
        "registry.example.com:5000": login("ci"),
        "https://index.docker.io/v1/": login("acme"),
      };
      assert.deepEqual([JSON.parse(config), others], [{ auths }, {}]);
    },
  },
  "Pull secret in many namespaces": {
    type: "kubernetes.io/dockerconfigjson",
    values: ({ ".dockerconfigjson": config = "", ...others }) => {
      const auth = Buffer.from(`ci:${awkward}`).toString("base64");
      const auths = { "registry.example.com": { username: "ci", password: awkward, auth } };
      assert.deepEqual([JSON.parse(config), others], [{ auths }, {}]);
    },
  },
  "PostgreSQL operator": {
    type: "kubernetes.io/basic-auth",
    metadata: { labels: { "cnpg.io/reload": "true" } },
    values: ({ password: made = "", ...others }) => {
      assert.deepEqual(others, { username: "orders" });
      assert.match(made, /^[A-Za-z0-9]{32}$/);
    },
  },
  "Grafana data source": {
    metadata: { labels: { grafana_datasource: "1" } },
    values: ({ "shop.yaml": source = "", ...others }) => {
      assert.deepEqual(others, {});
      const { datasources } = parse(source) as { readonly datasources: readonly Source[] };
      assert.match(datasources[0]?.secureJsonData.basicAuthPassword ?? "", /^[A-Za-z0-9]{32}$/);
    },
  },
  "Basic authentication": {
    type: "kubernetes.io/basic-auth",
    metadata: { annotations: { "tekton.dev/git-0": "https://git.example.com" } },
    values: (data) => {
      assert.deepEqual(data, { username: "tekton", password: awkward });
    },
  },
};

type Data = Readonly<Record<string, string>>;

/** What Grafana reads of a data source, as far as it is checked. */
interface Source {
  readonly secureJsonData: { readonly basicAuthPassword: string };
}

describe("docs/secret-shapes.md", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "secret-shapes-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** An example as the catalogue has it, with the recipes in scope. */
  const catalogueOf = async (title: string): Promise<Catalogue> => {
    const text = examples.find((each) => each.title === title)?.text ?? assert.fail(`no example ${title}`);
    const recipes = pathToFileURL(path.join(root, "components/values/recipe.ts")).href;
    const file = path.join(folder, `${title.replaceAll(/\W/g, "-")}.mjs`);
    const imported = "dockerConfig, literal, password, provided, template";
    writeFileSync(
      file,
      `import { ${imported} } from ${JSON.stringify(recipes)};\nexport const catalogue = {\n${text}};\n`,
    );
    return ((await import(pathToFileURL(file).href)) as { readonly catalogue: Catalogue }).catalogue;
  };
  /** Deploys an example with nothing else: each of its Secrets is the same. */
  const deploy = async (title: string, via: string) => {
    const catalogue = await catalogueOf(title);
    const [application = assert.fail()] = Object.values(catalogue);
    const { deliveries } = application;
    const places = deliveries.map(({ namespace }) => [namespace, { cluster: "main", store: "vault" }] as const);
    const { resources } = await up({
      catalogue,
      facts: { via, namespaces: Object.fromEntries(places) },
      secret: Object.fromEntries(providedIn(application).map((name) => [name, awkward])),
    });
    const type = via === "plain" ? "kubernetes:core/v1:Secret" : "kubernetes:external-secrets.io/v1:ExternalSecret";
    const [first = assert.fail(), ...others] = deliveries.map(
      ({ namespace, secretName }) => resources.find(type, `main/${namespace}/${secretName}`).inputs,
    );
    for (const each of others)
      assert.deepEqual(each["spec"] ?? each["stringData"], first["spec"] ?? first["stringData"]);
    return first;
  };

  it("has a check for each of its examples", () => {
    assert.deepEqual(
      examples.map(({ title }) => title),
      Object.keys(expected),
    );
  });

  for (const [title, { type, metadata = {}, values: check }] of Object.entries(expected)) {
    it(`shows what the operator makes: ${title}`, async () => {
      const manifest = await deploy(title, "external-secret");
      new ExternalSecret(manifest).validate();
      const { target } = manifest["spec"] as { readonly target: { readonly template: object } };
      const isShaped = type !== undefined || Object.keys(metadata).length > 0;
      const { annotations = {} } = metadata as { readonly annotations?: object };
      assert.deepEqual(target.template, {
        engineVersion: "v2",
        mergePolicy: "Merge",
        ...(type === undefined ? {} : { type }),
        ...(isShaped ? { metadata: { ...metadata, annotations: { ...annotations, ...owner } } } : {}),
      });
    });

    it(`shows a Secret that its reader understands: ${title}`, async () => {
      const inputs = await deploy(title, "plain");
      assert.equal(inputs["type"], type ?? "Opaque");
      const { stringData } = inputs;
      assert.ok(stringData instanceof SecretInput);
      check(stringData.value as Data);
    });
  }

  it("names every type of Kubernetes, with the keys that it demands", () => {
    const rows = [...page.matchAll(/^\| `(?<type>[\w./-]+)`[^|]*\| (?<keys>[^|]+?) +\|$/gm)];
    const told = rows.flatMap(({ groups: { type = "", keys = "" } = {} }) =>
      type in kubernetesTypes ? [[type, [...keys.matchAll(/`([^`]+)`/g)].map(([, key]) => key)] as const] : [],
    );
    const known = Object.entries(kubernetesTypes).map(([type, { all = [], any = [] }]) => [type, [...all, ...any]]);
    assert.deepEqual(Object.fromEntries(told), Object.fromEntries(known));
  });
});

/** The configuration keys that an application's values come from. */
function providedIn({ secrets }: CatalogueApplication): readonly string[] {
  const entries = Object.values(secrets).flatMap(({ keys }) => Object.values(keys));
  return entries.flatMap((each) => ("kind" in each && each.kind === "provided" ? [each.config] : []));
}
