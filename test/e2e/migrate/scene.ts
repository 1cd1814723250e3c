import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { password, provided } from "../../../components/values/recipe.ts";
import { machineFiles } from "../../../operations/migrate/files.ts";
import { planMigration } from "../../../operations/migrate/plan/index.ts";
import type { MigrationPlan } from "../../../operations/migrate/plan/model.ts";
import type { PlanFacts } from "../../../operations/migrate/plan/facts.ts";
import type { MigrationContext } from "../../../operations/migrate/run/context.ts";
import type { RetireContext } from "../../../operations/migrate/retire/index.ts";
import { gitRevision, rewrite } from "../../../operations/migrate/retire/revisions.ts";
import type { Engine } from "../../../operations/migrate/run/engine.ts";
import { journalFile } from "../../../operations/migrate/run/journal.ts";
import { kubernetesCluster } from "../../../operations/migrate/run/kubernetes.ts";
import { pulumiCli } from "../../../operations/migrate/run/pulumi-cli.ts";
import { named } from "../../../operations/migrate/selection.ts";
import { readSources } from "../../../operations/migrate/sources/index.ts";
import { secretsOfCluster } from "../../../operations/migrate/sources/live.ts";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { cli } from "../support/cli.ts";
import { cluster } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { isReady, operatorObjects } from "../support/operator.ts";
import { connection } from "../support/platform.ts";
import { open, succeed, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { vaultOk } from "../support/vault.ts";

export const namespace = "moved";

/** What applications read before, and must read at every moment: by Secret and key. */
export const inUse: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  hub: { HF_TOKEN: "hub-in-use-5a1c" },
  "web-auth": { "web-password": "web-in-use-77fe" },
  root: { rootPassword: "root-in-use-19bd", note: "note-in-use-2c4d" },
  billing: { API_KEY: "billing-in-use-91aa", TOKEN: "token-in-use-08ee" },
};

const catalogue: Catalogue = {
  [namespace]: {
    secrets: {
      hub: { keys: { HF_TOKEN: provided("movedHub") } },
      web: { keys: { "web-password": provided("movedWeb") } },
      root: { keys: { rootPassword: password() } },
      billing: { keys: { API_KEY: provided("movedBillingKey"), TOKEN: provided("movedBillingToken") } },
    },
    deliveries: [
      { namespace, secretName: "hub", from: ["hub"] },
      { namespace, secretName: "web-auth", from: ["web"] },
      { namespace, secretName: "root", from: ["root"] },
      { namespace, secretName: "billing", from: ["billing"] },
    ],
  },
};

/** The catalogue before the entries that the plan proposes for the ExternalSecret were added: it has none for it. */
const withoutBilling: Catalogue = {
  [namespace]: {
    secrets: Object.fromEntries(
      Object.entries(catalogue[namespace]?.secrets ?? {}).filter(([name]) => name !== "billing"),
    ),
    deliveries: (catalogue[namespace]?.deliveries ?? []).filter(({ secretName }) => secretName !== "billing"),
  },
};

const vaultPath = "teams/billing";

const chart = {
  "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
  "values.yaml": "auth: {}\n",
  "templates/secret.yaml": `{{- if .Values.auth.password }}
apiVersion: v1
kind: Secret
metadata: { name: web-auth }
stringData: { web-password: {{ .Values.auth.password | quote }} }
{{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data: { color: blue }
`,
};

/** The manifests of the operator's objects, as somebody wrote them for an old operator. */
const legacy = (address: string) => `apiVersion: external-secrets.io/v1beta1
kind: SecretStore
metadata: { name: vault-backend, namespace: ${namespace} }
spec:
  provider:
    vault: { server: "${address}", path: secret, version: v2, auth: { tokenSecretRef: { name: vault-token, key: token } } }
---
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: { name: billing, namespace: ${namespace} }
spec:
  refreshInterval: 1h
  secretStoreRef: { name: vault-backend, kind: SecretStore }
  target: { name: billing, creationPolicy: Owner }
  data:
    - { secretKey: API_KEY, remoteRef: { key: ${vaultPath}, property: API_KEY } }
    - { secretKey: TOKEN, remoteRef: { key: ${vaultPath}, property: TOKEN } }
`;

/** An application whose Secrets come from an .env file, a chart, a hand and an ExternalSecret. */
export class Scene {
  readonly folder: string;
  /** Facts that the migration has set. */
  #facts: Record<string, ConfigValue> = {};

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async prepare(): Promise<Scene> {
    const scene = new Scene(await mkdtemp(path.join(tmpdir(), "migrate-")));
    await scene.#write();
    const { core } = await cluster();
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await kubectl("create", "secret", "generic", "hub", `--from-env-file=${scene.file(".env")}`);
    await kubectl("create", "secret", "generic", "root", `--from-env-file=${scene.file("root.env")}`);
    await scene.helm("install", "--values", scene.file("values.yaml"));
    await vaultOk(`secret/data/${vaultPath}`, { method: "POST", body: { data: inUse["billing"] } });
    await kubectl("create", "secret", "generic", "vault-token", `--from-file=token=${scene.file("token")}`);
    // An operator of today serves v1 alone; upgrading it turned the objects into that.
    await kubectl("apply", "--filename", scene.file("served.yaml"));
    await eventually("the ExternalSecret of before is ready", async () =>
      (await operatorObjects("externalsecrets")).some((each) => each.metadata.namespace === namespace && isReady(each)),
    );
    await open(scene.options());
    return scene;
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  async helm(...words: readonly string[]): Promise<void> {
    const [command = "", ...rest] = words;
    const { code, output } = await cli("helm", [command, "web", this.file("chart"), "-n", namespace, ...rest]);
    assert.equal(code, 0, output);
  }

  async #write(): Promise<void> {
    const lines = (values: Readonly<Record<string, string>> = {}) =>
      Object.entries(values)
        .map(([key, value]) => `${key}=${value}\n`)
        .join("");
    await mkdir(this.file("chart/templates"), { recursive: true });
    const files = {
      ...Object.fromEntries(Object.entries(chart).map(([name, text]) => [`chart/${name}`, text])),
      ".env": lines(inUse["hub"]),
      "root.env": lines(inUse["root"]),
      "values.yaml": `auth:\n  password: ${inUse["web-auth"]?.["web-password"] ?? ""}\n`,
      token: connection().vaultToken,
      "legacy.yaml": legacy(connection().vaultAddress),
      "served.yaml": legacy(connection().vaultAddress).replaceAll("/v1beta1", "/v1"),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(this.file(name), text);
  }

  readonly sources = ["live:moved/root", "live:moved/hub", "live:moved/web-auth"];

  /** The stack, with the facts that the migration has set. */
  options(): StackOptions & { readonly stack: string } {
    const { stack, facts = {} } = tenantStack(namespace, [namespace]);
    const namespaces = facts["namespaces"] as Record<string, ConfigValue>;
    const own = { ...facts, namespaces: { ...namespaces, [namespace]: { cluster: "local", store: "vault" } } };
    return { stack, catalogue, demo: false, facts: merged(own, this.#facts) };
  }

  setFact(path: readonly string[], value: ConfigValue): void {
    this.#facts = merged(this.#facts, nested(path, value));
  }

  engine(): Engine {
    const { stack } = this.options();
    const tools = pulumiCli({
      root: path.join(connection().root, "project"),
      stack,
      command: connection().binaries.pulumi,
      environment: { ...process.env, ...connectionEnvironment(connection()) },
    });
    return {
      ...tools,
      setFact: ({ path, value }) => Promise.resolve(this.setFact(path, value)),
      removeFact: (path) => Promise.resolve(this.#removeFact(path)),
      // The program runs in this process, with the catalogue of this test.
      up: async () => void (await succeed("up", this.options())),
    };
  }

  #removeFact(path: readonly string[]): void {
    const parent = path
      .slice(0, -1)
      .reduce<ConfigValue | undefined>((at, name) => (at as Record<string, ConfigValue>)?.[name], this.#facts);
    if (parent !== undefined) delete (parent as Record<string, ConfigValue>)[path.at(-1) ?? ""];
  }

  async plan(): Promise<MigrationPlan> {
    const reading = await readSources({
      sources: [this.file(".env"), this.file("values.yaml"), this.file("legacy.yaml"), ...this.sources],
      files: machineFiles,
      cluster: () => secretsOfCluster({ kubeconfig: connection().kubeconfig }),
      vault: () => assert.fail("no source is a Vault's"),
      selection: { only: new Map(), take: named(["auth.password=web-password"]), leave: new Set() },
    });
    const facts: PlanFacts = {
      stores: { vault: { kind: "vault-kv", address: connection().vaultAddress, mount: "secret" } },
      clusters: { local: {} },
      namespaces: { [namespace]: { cluster: "local", store: "vault" } },
    };
    const plan = planMigration({ environment: namespace, reading, catalogue: withoutBilling, facts });
    // The entries that it proposes are those of this test's catalogue.
    assert.match(plan.catalogue, /API_KEY: provided\("billingApiKey"\),\n {10}TOKEN: provided\("billingToken"\)/);
    return { ...plan, catalogue: "" };
  }

  async context(onStep: (text: string) => void): Promise<MigrationContext> {
    const reached = kubernetesCluster({ kubeconfig: connection().kubeconfig });
    return {
      plan: await this.plan(),
      sources: this.sources,
      engine: this.engine(),
      cluster: () => reached,
      journal: journalFile(this.folder, namespace),
      onStep,
    };
  }

  retiring({ cluster, journal }: MigrationContext): RetireContext {
    return {
      cluster,
      journal,
      files: machineFiles,
      sources: async () => ({ secrets: (await this.plan()).secrets, issues: [] }),
      revision: gitRevision,
      rewrite,
    };
  }

  async remove(): Promise<void> {
    await succeed("destroy", this.options());
    await cli("helm", ["uninstall", "web", "-n", namespace]);
    await (await cluster()).core.deleteNamespace({ name: namespace });
    await vaultOk(`secret/metadata/${vaultPath}`, { method: "DELETE" });
    await rm(this.folder, { recursive: true });
  }
}

async function kubectl(...words: readonly string[]): Promise<void> {
  const { code, output } = await cli("kubectl", [...words, "-n", namespace]);
  assert.equal(code, 0, output);
}

function nested(path: readonly string[], value: ConfigValue): Record<string, ConfigValue> {
  const [first = "", ...rest] = path;
  return { [first]: rest.length === 0 ? value : nested(rest, value) };
}

function merged(base: Record<string, ConfigValue>, top: Record<string, ConfigValue>): Record<string, ConfigValue> {
  const isMap = (value: ConfigValue | undefined): value is Record<string, ConfigValue> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const result = { ...base };
  for (const [key, value] of Object.entries(top)) {
    const below = result[key];
    result[key] = isMap(value) ? merged(isMap(below) ? below : {}, value) : value;
  }
  return result;
}
