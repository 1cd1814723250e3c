import assert from "node:assert/strict";
import { hexToken, literal, password, provided } from "../../../components/values/recipe.ts";
import type { PlanArgs } from "../../../operations/migrate/plan/facts.ts";
import { planMigration } from "../../../operations/migrate/plan/index.ts";
import { planData, type MigrationPlan } from "../../../operations/migrate/plan/model.ts";
import { readLiveSecrets } from "../../../operations/migrate/sources/live.ts";
import { joined } from "../../../operations/migrate/model.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { canary, read } from "./reading.ts";

const catalogue: Catalogue = {
  hub: {
    secrets: { token: { keys: { HF_TOKEN: provided("huggingfaceToken") } } },
    deliveries: [{ namespace: "ai", secretName: "huggingface-token", from: ["token"] }],
  },
  minio: {
    secrets: { root: { keys: { rootUser: literal("admin"), rootPassword: password() } } },
    deliveries: [
      { namespace: "minio", secretName: "minio-root", from: ["root"] },
      {
        namespace: "other",
        secretName: "minio-copy",
        from: [{ secret: "root", keys: { rootPassword: "rootPassword" } }],
      },
    ],
  },
  jwt: {
    secrets: { key: { keys: { JWT_SECRET: hexToken(32) } } },
    deliveries: [{ namespace: "ai", secretName: "jwt", from: ["key"] }],
  },
};
const facts: PlanArgs["facts"] = {
  stores: { vault: { kind: "vault-kv", address: "https://vault.example:8200", mount: "secret" } },
  clusters: { main: {} },
  namespaces: {
    ai: { cluster: "main", store: "vault" },
    minio: { cluster: "main", store: "vault" },
    other: { cluster: "main", store: "vault" },
  },
};

const base64 = (text: string) => Buffer.from(text).toString("base64");

async function plan(
  files: Readonly<Record<string, string>>,
  args: Partial<PlanArgs> & { readonly live?: Readonly<Record<string, readonly object[]>> } = {},
): Promise<MigrationPlan> {
  const { live = {}, ...rest } = args;
  const reading = joined([
    ...(Object.keys(files).length === 0 ? [] : [await read(files)]),
    await readLiveSecrets(Object.keys(live), (namespace) => Promise.resolve(live[namespace] ?? [])),
  ]);
  const found = planMigration({ environment: "dev", reading, catalogue, facts, ...rest });
  assert.ok(!JSON.stringify(planData(found)).includes(canary), "a value in the plan");
  return found;
}

const keysOf = ({ secrets }: MigrationPlan) =>
  secrets.flatMap(({ namespace, name, keys }) =>
    keys.map((key) => `${namespace}/${name} ${key.name}: ${Object.values(key.origin).join(" ")}`),
  );
const factsOf = (found: MigrationPlan) => found.facts.map(({ path, value }) => `${path.join(" ")} = ${value}`);
const issuesOf = ({ issues }: MigrationPlan) =>
  issues.map(({ path, problem, fix }) => `${path}: ${problem}${fix === undefined ? "" : `; ${fix}`}`);

describe("the plan of a migration", () => {
  it("gives a setting to the one Secret of the catalogue that has its key", async () => {
    const found = await plan({ ".env": `HF_TOKEN=${canary}\n` });
    assert.deepEqual(keysOf(found), ["ai/huggingface-token HF_TOKEN: provided huggingfaceToken"]);
    assert.deepEqual([found.catalogue, found.facts, found.issues], ["", [], []]);
  });

  it("asks for the Secret where the catalogue has none or several, all at once", async () => {
    const found = await plan({ ".env": `STRIPE_KEY=a\nAPI_KEY=${canary}\nrootPassword=${canary}\n` });
    assert.deepEqual(issuesOf(found), [
      ".env, line 2: API_KEY: no Secret of the catalogue has a key of this name, and the source does not say which Secret applications read it from; name the Secret: --to <namespace>/<Secret>",
      ".env, line 3: rootPassword: several Secrets of the catalogue have a key of this name: minio/minio-root, other/minio-copy; name the Secret: --to <namespace>/<Secret>",
    ]);
  });

  it("proposes entries and facts for what is new", async () => {
    const found = await plan(
      { ".env": `API_KEY=${canary}\nDB_PASSWORD=${canary}\n` },
      { to: { namespace: "shop", name: "shop-env" } },
    );
    assert.equal(
      found.catalogue,
      `  shop: {
    secrets: {
      "shop-env": {
        keys: {
          API_KEY: provided("shopEnvApiKey"),
          DB_PASSWORD: provided("shopEnvDbPassword"),
        },
      },
    },
    deliveries: [
      { namespace: "shop", secretName: "shop-env", from: ["shop-env"] },
    ],
  },
`,
    );
    assert.deepEqual(factsOf(found), ["namespaces shop cluster = main", "namespaces shop store = vault"]);
    assert.deepEqual(found.issues, []);
  });

  it("asks which cluster and store, where there are several", async () => {
    const args = { to: { namespace: "shop", name: "env" } };
    const several = { ...facts, clusters: { a: {}, b: { store: "vault" } } };
    assert.deepEqual(issuesOf(await plan({ ".env": "API_KEY=x\n" }, { ...args, facts: several })), [
      "namespaces.shop: is in none of the clusters a, b yet; name one: --cluster <cluster>",
    ]);
    const chosen = await plan({ ".env": "API_KEY=x\n" }, { ...args, facts: several, cluster: "b" });
    assert.deepEqual(factsOf(chosen), ["namespaces shop cluster = b"]);
  });

  it("keeps the values of generated keys from the Secret in the cluster, and nowhere else", async () => {
    const secret = {
      metadata: { name: "minio-root", namespace: "minio" },
      data: { rootUser: base64("admin"), rootPassword: base64(canary), note: base64(canary) },
    };
    const found = await plan({}, { live: { minio: [secret] } });
    assert.deepEqual(keysOf(found), ["minio/minio-root rootUser: catalogue", "minio/minio-root rootPassword: adopted"]);
    assert.deepEqual(
      found.left.map(({ what, reason }) => `${what}: ${reason}`),
      [
        "key note of Secret minio/minio-root: the catalogue does not have it: it stays in the Secret, and nobody else keeps it",
      ],
    );
    assert.deepEqual(found.issues, []);
    assert.deepEqual(issuesOf(await plan({ ".env": "JWT_SECRET=x\n" })), [
      '.env, line 1: JWT_SECRET of Secret ai/jwt is generated by the catalogue, so its value in use is kept only from the Secret in the cluster; name that as a source as well: live:ai; or make the key provided("…") in the catalogue',
    ]);
  });

  it("refuses a namespace that its cluster calls otherwise, by either name", async () => {
    const renamed = { ...facts, namespaces: { ...facts.namespaces, ai: { cluster: "main", name: "ai-dev" } } };
    const args = { facts: renamed };
    const expected = [
      "namespaces.ai.name: is ai-dev: a migration takes a namespace to have one name in its cluster and in the catalogue; migrate its Secrets by hand: docs/migrate.md#by-hand",
    ];
    assert.deepEqual(issuesOf(await plan({ ".env": `HF_TOKEN=${canary}\n` }, args)), expected);
    const to = { namespace: "ai-dev", name: "settings" };
    assert.deepEqual(issuesOf(await plan({ ".env": "API_KEY=x\n" }, { ...args, to })), expected);
  });

  it("refuses sources that disagree, and a value that no source has", async () => {
    const live = {
      ai: [{ metadata: { name: "huggingface-token", namespace: "ai" }, data: { HF_TOKEN: base64("other") } }],
    };
    assert.deepEqual(issuesOf(await plan({ ".env": `HF_TOKEN=${canary}\n` }, { live })), [
      "live:ai: HF_TOKEN of Secret ai/huggingface-token differs from the value in .env, line 1; leave out the source that is not in use",
    ]);
    assert.deepEqual(issuesOf(await plan({ "env.template": "HF_TOKEN=<token>\n" })), [
      "env.template, line 1: HF_TOKEN of Secret ai/huggingface-token has no value in any source; name a source that has it as well: live:ai, or the .env file in use",
    ]);
  });

  it("leaves values of v1beta1 ExternalSecrets in their store, one secret for each object", async () => {
    const store = (name: string, server: string) => `apiVersion: external-secrets.io/v1beta1
kind: SecretStore
metadata: { name: ${name}, namespace: legacy }
spec: { provider: { vault: { server: "${server}", path: secret, version: v2 } } }
`;
    const external = `apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: { name: billing, namespace: legacy }
spec:
  secretStoreRef: { name: vault, kind: SecretStore }
  data:
    - { secretKey: API_KEY, remoteRef: { key: teams/billing, property: api_key } }
    - { secretKey: TOKEN, remoteRef: { key: teams/other, property: token } }
`;
    const found = await plan({ "es.yaml": external, "store.yaml": store("vault", "https://vault.example:8200") });
    assert.deepEqual(keysOf(found), [
      "legacy/billing API_KEY: referenced teams/billing api_key",
      "legacy/billing TOKEN: referenced teams/other token",
    ]);
    assert.deepEqual(factsOf(found), [
      "namespaces legacy cluster = main",
      "namespaces legacy store = vault",
      "stores vault remoteNames legacy/billing = teams/billing",
      "stores vault references legacy/billing keys API_KEY = api_key",
      "stores vault remoteNames legacy/billing-2 = teams/other",
      "stores vault references legacy/billing-2 keys TOKEN = token",
    ]);
    assert.match(found.catalogue, /from: \["billing", "billing-2"\]/);
    assert.deepEqual(found.issues, []);

    const other = await plan({ "es.yaml": external, "store.yaml": store("vault", "https://other.example:8200") });
    assert.deepEqual(factsOf(other).slice(0, 3), [
      "stores vault-2 kind = vault-kv",
      "stores vault-2 address = https://other.example:8200",
      "stores vault-2 mount = secret",
    ]);
    assert.deepEqual(issuesOf(await plan({ "es.yaml": external })), [
      "legacy/billing: is read from SecretStore legacy/vault, which no source describes; name the file that has it as a source as well",
      "legacy/billing: is read from SecretStore legacy/vault, which no source describes; name the file that has it as a source as well",
    ]);
  });
});
