import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import type { Connection } from "../../connection.ts";
import { demoValues } from "../../engine/demo-values.ts";
import { mergeValues, projectName, writeProject, type ProjectOptions } from "../../engine/project.ts";
import { layoutOf, repositoryRoot } from "../../layout.ts";
import { kubeconfigPath } from "../../platform/servers.ts";
import { catalogue } from "../../../stacks/environments/catalogue.ts";
import { secretNames } from "../../../stacks/config/secret-names.ts";
import { projectFile, stackFacts } from "../../../test/support/project.ts";

const token = "root-token-of-the-platform";

/** What the committed facts say of the operator, whose chart and version are the platform's. */
function committedOperator(): object {
  const { clusters } = stackFacts("sandbox") as {
    readonly clusters: { readonly local: { readonly externalSecrets: object } };
  };
  return clusters.local.externalSecrets;
}

describe("project of a platform", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "platform-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const connection = () =>
    ({
      root: folder,
      kubeconfig: path.join(folder, "admin.yaml"),
      vaultAddress: "http://127.0.0.1:28200",
      vaultToken: token,
      vaultKvMount: "kv",
      vaultKubernetesAuth: "cluster",
      externalSecretsChart: path.join(folder, "chart"),
      externalSecretsChartVersion: "0.20.4",
      pulumiPassphrase: "passphrase-of-the-platform",
    }) as Connection;
  const write = (options: Partial<ProjectOptions> = {}) => writeProject({ connection: connection(), ...options });
  const read = async (name: string) =>
    parse(await readFile(path.join(folder, "project", name), "utf8")) as Record<string, unknown>;
  const factsOf = async (stack = "sandbox") => {
    const { config } = (await read(`Pulumi.${stack}.yaml`)) as { readonly config: Readonly<Record<string, unknown>> };
    return Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace(`${projectName}:`, ""), value]),
    );
  };

  it("lies where the committed facts say it does", () => {
    const layout = layoutOf(path.join(repositoryRoot, ".sandbox"));
    const { clusters } = stackFacts("sandbox") as {
      readonly clusters: {
        readonly local: { readonly kubeconfig: string; readonly externalSecrets: { chart: string } };
      };
    };
    const { kubeconfig, externalSecrets } = clusters.local;
    assert.deepEqual(
      [kubeconfig, externalSecrets.chart],
      [kubeconfigPath(layout, "admin"), layout.chart].map((each) => path.relative(repositoryRoot, each)),
    );
  });

  it("is the repository's, without its program, which runs in this process", async () => {
    await write();
    const written = await read("Pulumi.yaml");
    assert.equal(written["name"], projectFile().name);
    assert.equal(projectName, projectFile().name);
    assert.deepEqual(written["config"], projectFile().config);
    assert.ok(!("main" in written));
  });

  it("has the committed facts with the addresses of this platform", async () => {
    await write();
    const { stores, clusters, ...others } = await factsOf();
    const { stores: _, clusters: __, ...committed } = stackFacts("sandbox");
    assert.deepEqual(others, committed);
    assert.deepEqual(stores, {
      vault: {
        kind: "vault-kv",
        address: "http://127.0.0.1:28200",
        mount: "kv",
        auth: { mountPath: "cluster", audience: "vault" },
      },
    });
    assert.deepEqual(clusters, {
      local: {
        flavour: "kubeconfig",
        kubeconfig: path.join(folder, "admin.yaml"),
        externalSecrets: {
          ...committedOperator(),
          chart: path.join(folder, "chart"),
          version: "0.20.4",
        },
      },
    });
  });

  it("takes facts on top, for a stack of any name", async () => {
    await write({
      stack: "other",
      facts: { refreshSeconds: 60, stores: { vault: { mount: "mine", auth: { audience: null } } }, namespaces: null },
    });
    const facts = await factsOf("other");
    assert.equal(facts["refreshSeconds"], 60);
    assert.equal("namespaces" in facts, false);
    const { vault } = facts["stores"] as { vault: { mount: string; auth: object } };
    assert.deepEqual([vault.mount, vault.auth], ["mine", { mountPath: "cluster" }]);
  });

  it("keeps the salt and the encrypted values of an earlier run, and drops its facts", async () => {
    await write();
    const file = path.join(folder, "project", "Pulumi.sandbox.yaml");
    const config = { [`${projectName}:vaultToken`]: { secure: "v1:abc" }, [`${projectName}:refreshSeconds`]: 60 };
    await writeFile(file, stringify({ encryptionsalt: "v1:salt", config }));
    await write();
    assert.equal((await read("Pulumi.sandbox.yaml"))["encryptionsalt"], "v1:salt");
    const facts = await factsOf();
    assert.deepEqual([facts["vaultToken"], facts["refreshSeconds"]], [{ secure: "v1:abc" }, undefined]);
  });

  it("is readable by its user alone and holds no secret in clear", async () => {
    await write();
    for (const name of ["Pulumi.yaml", "Pulumi.sandbox.yaml"]) {
      const file = path.join(folder, "project", name);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      const text = await readFile(file, "utf8");
      for (const secret of [token, "passphrase-of-the-platform", ...Object.values(demoValues)])
        assert.ok(!text.includes(secret));
    }
  });

  it("rejects a file that it can't read, instead of losing its salt", async () => {
    await write();
    await writeFile(path.join(folder, "project", "Pulumi.sandbox.yaml"), "config: {");
    await assert.rejects(write(), /flow|map|end/i);
  });
});

describe("merging facts", () => {
  for (const [name, base, top, merged] of [
    ["adds keys", { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    ["replaces values", { a: 1 }, { a: "x" }, { a: "x" }],
    ["goes into objects", { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    ["replaces lists whole", { a: [1, 2] }, { a: [3] }, { a: [3] }],
    [
      "replaces an object by a value, and the other way round",
      { a: { b: 1 }, c: 1 },
      { a: 1, c: { b: 1 } },
      { a: 1, c: { b: 1 } },
    ],
    [
      "removes what is null on top, at any depth",
      { a: 1, b: { c: 1, d: 2 } },
      { a: null, b: { c: null } },
      { b: { d: 2 } },
    ],
  ] as const) {
    it(name, () => {
      const before = structuredClone(base);
      assert.deepEqual(mergeValues(base, top), merged);
      assert.deepEqual(base, before);
    });
  }
});

describe("demo values", () => {
  it("are for keys that the catalogue asks for, and say what they are", () => {
    for (const [key, value] of Object.entries(demoValues)) {
      assert.ok(secretNames(catalogue).includes(key), key);
      assert.match(value, /demo/);
    }
  });
});
