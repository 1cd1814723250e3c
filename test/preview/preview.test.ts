import assert from "node:assert/strict";
import { appendFile, rename } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import pc from "picocolors";
import { ConfigError } from "../../components/support/messages/errors.ts";
import { previewStack, type PreviewOptions } from "../../preview/preview.ts";
import { renderPreview } from "../../preview/render.ts";
import { previewSchema, type Preview } from "../../preview/schema.ts";
import { deployStack } from "../../stacks/index.ts";
import { facts } from "../support/fixtures.ts";
import { runProgram } from "../support/mocks.ts";
import { emptyExternal } from "../support/external-queries.ts";
import { root, stackConfig, stackFacts } from "../support/project.ts";
import { testFacts, canaries, withProject } from "./project.ts";

const preview = (changes: Readonly<Record<string, unknown>> = {}): Promise<Preview> =>
  withProject(changes, previewStack);

async function refusal(changes: Readonly<Record<string, unknown>>, options: object = {}): Promise<string> {
  const error: unknown = await withProject(changes, (each) => previewStack({ ...each, ...options })).catch(
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConfigError, `expected a refusal, got ${String(error)}`);
  return error.message;
}

describe("preview without anything at hand", () => {
  const { connect } = Object.getOwnPropertyDescriptors(net.Socket.prototype);
  const elsewhere: string[] = [];
  before(() => {
    const original = connect.value as (this: net.Socket, ...args: readonly unknown[]) => net.Socket;
    net.Socket.prototype.connect = function (this: net.Socket, ...args: readonly unknown[]) {
      const { host = "", port = 0 } = ([args].flat(2)[0] ?? {}) as { readonly host?: string; readonly port?: number };
      // The SDK calls its own server for hooks. Every address of the facts is another.
      if (host !== "127.0.0.1" || port === 18200) elsewhere.push(`${host}:${port}`);
      return original.apply(this, [...args]);
    };
  });
  after(() => {
    Object.defineProperty(net.Socket.prototype, "connect", connect);
    assert.deepEqual(elsewhere, [], "a preview went to the network");
  });

  it("says which Secrets are read at other times than the environment's interval", async () => {
    const namespaces = {
      ...testFacts.namespaces,
      shop: { ...testFacts.namespaces.shop, secrets: { "shop-db": { refreshSeconds: 600 } } },
      till: { ...testFacts.namespaces.till, refreshPolicy: "OnChange" },
    };
    const { applications, plan } = await preview({ namespaces });
    const secrets = applications.flatMap(({ stores }) =>
      stores.flatMap((store) => store.namespaces.flatMap((each) => each.secrets)),
    );
    assert.deepEqual(
      secrets.map(({ secretName, refreshSeconds, refreshPolicy }) => [secretName, refreshSeconds, refreshPolicy]),
      [
        ["shop-db", 600, undefined],
        ["till-db", undefined, "OnChange"],
        ["till-api", undefined, "OnChange"],
      ],
    );
    assert.deepEqual(plan.refresh, { seconds: { shortest: 600, longest: 600 }, onChange: 2, createdOnce: 0 });
  });

  it("describes applications, their stores and who reads them", async () => {
    const { applications } = await preview();
    assert.deepEqual(applications, [
      {
        name: "shop",
        stores: [
          {
            name: "vault",
            kind: "vault-kv",
            secrets: [
              {
                id: "shop/db",
                action: "create",
                objects: ["acme-test/shop/db"],
                keys: [
                  { key: "password", value: "generated" },
                  { key: "uri", value: "derived" },
                  { key: "username", value: "fixed" },
                ],
                rotateBy: "2026-05-01",
              },
            ],
            namespaces: [
              {
                cluster: "main",
                name: "shop",
                secrets: [{ secretName: "shop-db", keys: ["password", "uri", "username"], merged: false }],
              },
              {
                cluster: "main",
                name: "till",
                secrets: [{ secretName: "till-db", keys: ["PASSWORD"], merged: false }],
              },
            ],
          },
        ],
      },
      {
        name: "till",
        stores: [
          {
            name: "vault",
            kind: "vault-kv",
            secrets: [
              {
                id: "till/api",
                action: "create",
                objects: ["acme-test/till/api"],
                keys: [{ key: "token", value: "provided", config: "tillToken" }],
              },
            ],
            namespaces: [
              { cluster: "main", name: "till", secrets: [{ secretName: "till-api", keys: ["token"], merged: false }] },
            ],
          },
        ],
      },
    ]);
  });

  it("counts what the program registers", async () => {
    const { resources } = await previewStack({ root, stack: "sandbox" });
    const config = stackConfig("sandbox", { huggingfaceToken: "a-token-for-the-models" });
    const run = await runProgram(() => deployStack({ external: emptyExternal(stackFacts("sandbox")) }), {
      config,
      preview: true,
    });
    const expected = run.resources.all.filter(({ type }) => type !== "pulumi:pulumi:Stack");
    assert.equal(resources.total, expected.length);
    assert.deepEqual(
      Object.entries(resources.byType),
      [...Map.groupBy(expected, ({ type }) => type)].map(([type, { length }]) => [type, length]).sort(),
    );
  });

  it("is what its schema says, twice the same", async () => {
    const first = await preview();
    assert.deepEqual(previewSchema.parse(first), first);
    assert.deepEqual(await preview(), first);
  });

  it("lists what must be set, and what may be", async () => {
    const { mustBeSet, optional } = await preview();
    assert.deepEqual({ mustBeSet, optional }, { mustBeSet: ["tillToken"], optional: ["tillExtra"] });
  });

  it("takes an encrypted value for set, without being able to read it", async () => {
    const { mustBeSet, optional, applications } = await preview({
      tillToken: { secure: "v1:AAAA" },
      tillExtra: { secure: "v1:BBBB" },
    });
    assert.deepEqual({ mustBeSet, optional }, { mustBeSet: [], optional: [] });
    const [secret] = applications[1]?.stores[0]?.secrets ?? [];
    assert.deepEqual(
      secret?.keys.map(({ key }) => key),
      ["extra", "token"],
    );
  });

  it("asks for no value of an application that does not run", async () => {
    const { mustBeSet, applications } = await preview({ applications: ["shop"] });
    assert.deepEqual(mustBeSet, []);
    assert.deepEqual(
      applications.map(({ name }) => name),
      ["shop"],
    );
  });

  it("holds no value, fixed ones included", async () => {
    const text = JSON.stringify(await preview({ tillToken: { secure: "v1:AAAA" } }));
    for (const value of [canaries.literal, "v1:AAAA", "placeholder"]) {
      assert.ok(!text.includes(value), `${value} is in the preview`);
    }
  });

  it("plans calls and cost", async () => {
    const { plan } = await preview();
    assert.deepEqual(plan, {
      refreshSeconds: 3600,
      firstUpSeconds: 0,
      cost: {
        currency: "USD",
        pricesReadOn: "2026-11-22",
        storage: "0.00",
        calls: "0.00",
        total: "0.00",
        stores: { vault: { storage: "0.00", calls: "0.00", total: "0.00" } },
      },
      stores: [
        {
          name: "vault",
          kind: "vault-kv",
          objects: 2,
          versions: 2,
          externalSecrets: 3,
          readsPerRefresh: 3,
          callsPerSecond: 3 / 3600,
          burstCallsPerSecond: 3,
          callsPerMonth: 2190,
          firstUpSeconds: 0,
        },
      ],
      clusters: [
        {
          name: "main",
          externalSecrets: 3,
          concurrency: 10,
          requestsPerSecond: 153 / 36_000,
          clientQps: 200,
          share: 153 / 36_000 / 200,
          syncsPerSecond: 100,
        },
      ],
    });
  });

  it("tells what is sealed from what lies in the store of its namespace", async () => {
    const { applications } = await preview({
      clusters: { main: { ...testFacts.clusters.main, sealedSecrets: { fetchCertificate: true } } },
      namespaces: { ...testFacts.namespaces, shop: { ...testFacts.namespaces.shop, via: "sealed-secret" } },
    });
    const shop = applications.find(({ name }) => name === "shop");
    assert.deepEqual(
      shop?.stores.map(({ name, kind, namespaces }) => [name, kind, namespaces.map((each) => each.name)]),
      [
        ["sealed-secret", "sealed-secret", ["shop"]],
        ["vault", "vault-kv", ["till"]],
      ],
    );
  });

  it("asks no cluster about plain Secrets", async () => {
    const { applications, plan } = await preview({ stores: { vault: { kind: "kubernetes" } } });
    assert.deepEqual(applications[0]?.stores[0]?.secrets[0]?.objects, []);
    assert.deepEqual(plan.stores, []);
  });

  for (const [choice, changes] of [
    ["adopt", {}],
    ["merge", {}],
    ["overwrite", {}],
    ["adopt", { stores: { vault: { kind: "kubernetes" } } }],
  ] as const) {
    it(`takes the facts' word for Secrets that exist in a cluster: ${choice} ${JSON.stringify(changes)}`, async () => {
      const existingSecrets = { "shop/shop-db": choice, "main/till/till-api": choice };
      assert.deepEqual((await preview({ ...changes, existingSecrets })).warnings, (await preview(changes)).warnings);
    });
  }

  it("takes the facts' word for what is to be adopted or only read", async () => {
    const actions = async (changes: object) => {
      const { applications } = await preview({ ...changes });
      return applications.flatMap(({ stores }) => stores.flatMap(({ secrets }) => secrets.map(({ action }) => action)));
    };
    assert.deepEqual(await actions({ adopt: { "shop/db": true } }), ["adopt", "create"]);
    assert.deepEqual(await actions({ reference: { "shop/db": true } }), ["reference", "create"]);
  });

  it("tells which cluster generates a secret", async () => {
    const main = { ...facts.clusters.main, externalSecrets: { version: "2.9.0", pushSecrets: true } };
    const found = await preview({ clusters: { main }, generatedInCluster: { "shop/db": "main" } });
    const [secret] = found.applications[0]?.stores[0]?.secrets ?? [];
    assert.deepEqual([secret?.action, secret?.generatedIn], ["generate", "main"]);
    assert.match(renderPreview(found, pc.createColors(false)), /shop\/db · generated in cluster main\n/);
  });

  it("tells what the program refuses, in its words, all at once", async () => {
    assert.equal(
      await refusal({ refreshSeconds: 10, tillToken: canaries.clear, created: "yesterday" }),
      [
        'The configuration of environment "test" has 3 problems. Nothing was changed.',
        "  tillToken: holds a secret and is stored in clear",
        "    fix: change the value at its source, then: pulumi config set --secret tillToken",
        "  created: must be a date, such as 2026-11-22",
        "  refreshSeconds: must be at least 300 in this environment, received 10",
        "    fix: a changed value does not wait for the interval: it is synced at once",
      ].join("\n"),
    );
  });

  it("takes encrypted tokens of reviewers for those of the clusters that there are, since it can't look into them", async () => {
    const host = "https://api.example:6443";
    const stores = { vault: { ...facts.stores.vault, auth: { methods: { main: { host } } } } };
    const { resources } = await preview({ stores, vaultReviewerTokens: { secure: "v1:encrypted" } });
    assert.equal(resources.byType["vault:kubernetes/authBackendConfig:AuthBackendConfig"], 1);
    assert.deepEqual((await preview({ stores })).mustBeSet, ["tillToken", "vaultReviewerTokens"]);
  });

  it("refuses a stack without facts", async () => {
    assert.equal(
      await refusal({}, { stack: "prod" }),
      [
        'The configuration of environment "prod" has 1 problem. Nothing was changed.',
        "  Pulumi.prod.yaml: does not exist; there is test",
        "    fix: check the name, or create the file (CONTRIBUTING.md, How to add an environment)",
      ].join("\n"),
    );
  });

  it("says that it has no values of Pulumi ESC, in a preview and in a refusal", async () => {
    const importing = async (options: PreviewOptions) => {
      await appendFile(path.join(options.root, "Pulumi.test.yaml"), "environment: [platform/test]\n");
      return previewStack(options);
    };
    const found = await withProject({}, importing);
    const note = "Pulumi.test.yaml, environment: names environments of Pulumi ESC, whose values are not read here";
    assert.deepEqual(found.warnings, [note]);
    await assert.rejects(withProject({ created: "today" }, importing), {
      message:
        'The configuration of environment "test" has 2 problems. Nothing was changed.\n' +
        "  created: must be a date, such as 2026-11-22\n" +
        `  ${note}\n` +
        "    fix: preview with the engine, which has them: pulumi preview --stack test",
    });
  });

  it("names the file of a stack in another format", async () => {
    const refused = withProject({}, async (options) => {
      await rename(path.join(options.root, "Pulumi.test.yaml"), path.join(options.root, "Pulumi.test.json"));
      return previewStack(options);
    });
    await assert.rejects(refused, {
      message:
        'The configuration of environment "test" has 1 problem. Nothing was changed.\n' +
        "  Pulumi.test.yaml: does not exist, and Pulumi.test.json is not read here\n" +
        "    fix: rename it to Pulumi.test.yaml",
    });
  });

  it("refuses another folder for the files of stacks", async () => {
    const refused = withProject({}, async (options) => {
      await appendFile(path.join(options.root, "Pulumi.yaml"), "stackConfigDir: stacks\n");
      return previewStack(options);
    });
    await assert.rejects(refused, {
      message:
        'The configuration of environment "test" has 1 problem. Nothing was changed.\n' +
        "  Pulumi.yaml, stackConfigDir: names another folder for the files of stacks, which previews and workflows look for beside Pulumi.yaml\n" +
        "    fix: move the files to the folder of Pulumi.yaml, and remove the key",
    });
  });

  it("refuses a stack without a policy, as the program does", async () => {
    assert.equal(
      await refusal({}, { policies: {} }),
      [
        'The configuration of environment "test" has 1 problem. Nothing was changed.',
        "  stack: there is no environment of this name; there are none",
        "    fix: add its policy to stacks/environments/ and list it in stacks/environments/index.ts (CONTRIBUTING.md, How to add an environment)",
      ].join("\n"),
    );
  });
});
