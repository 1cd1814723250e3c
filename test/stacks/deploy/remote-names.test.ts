import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import type { RemoteStoreKind } from "../../../components/backends/index.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { FakeVault } from "../../support/fake-vault.ts";
import { facts } from "../../support/fixtures.ts";
import { failureOf, runProgram, type RunOptions } from "../../support/mocks.ts";
import { fakeKeyVaultApi, tenant, vaultIdOf } from "../../support/providers/azure.ts";
import { account, parameterArn, secretArn } from "../../support/providers/aws.ts";
import { RemoteMemory } from "../../support/remote-memory.ts";
import { stack } from "../../support/stack.ts";
import type { Registered } from "../../support/recording.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: { db: { primaryKey: "password", keys: { username: literal("shop"), password: password() } } },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
  },
};
const project = { project: "acme-prod", projectNumber: "123456789012" };
const pool = "projects/123456789012/locations/global/workloadIdentityPools/main/providers/main";
const { region, accountId } = account;

interface Case {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly remoteNames: Readonly<Record<string, string>>;
  /** What the ExternalSecret reads. */
  readonly reads: readonly string[];
  /** Every right to read: the policies of a reader, or what its bindings name. */
  readonly rights: (all: readonly Registered[]) => readonly unknown[];
  readonly granted: readonly unknown[];
}

const ofType = (type: string, input: string) => (all: readonly Registered[]) =>
  all.filter((each) => each.type === type && each.name !== "main/deployer").map(({ inputs }) => inputs[input]);
/** Resources that the read policy of the one role allows. */
const allowed = (all: readonly Registered[]) =>
  ofType(
    "aws:iam/rolePolicy:RolePolicy",
    "policy",
  )(all).flatMap((document) =>
    (JSON.parse(String(document)) as { Statement: readonly { Resource: unknown }[] }).Statement.map(
      ({ Resource }) => Resource,
    ),
  );

/** Each kind of store in its usual layout, with names that nothing here would make. */
const cases: { readonly [K in RemoteStoreKind]: Case } = {
  "aws-parameter-store": {
    facts: { region, accountId, oidcProviders: { main: "create" } },
    remoteNames: { "shop/db": "/legacy/db/password", "shop/db/username": "db-user" },
    reads: ["password of /legacy/db/password", "username of db-user"],
    rights: allowed,
    granted: [[parameterArn("db-user"), parameterArn("/legacy/db/password")]],
  },
  "aws-secrets-manager": {
    facts: { region, accountId, oidcProviders: { main: "create" } },
    remoteNames: { "shop/db": "AmazonMSK_shop" },
    reads: ["AmazonMSK_shop"],
    rights: allowed,
    granted: [[secretArn("AmazonMSK_shop")]],
  },
  "azure-key-vault": {
    facts: { ...tenant, resourceGroup: "secrets", vault: "kv-acme", location: "westeurope" },
    remoteNames: { "shop/db/password": "mlflow-DB-Password", "shop/db/username": "user" },
    reads: ["password of mlflow-DB-Password", "username of user"],
    rights: ofType("azure-native:authorization:RoleAssignment", "scope"),
    granted: ["mlflow-DB-Password", "user"].map((name) => `${vaultIdOf("kv-acme")}/secrets/${name}`),
  },
  "gcp-secret-manager": {
    facts: { ...project, identityProviders: { main: pool } },
    remoteNames: { "shop/db": "Mlflow_DB" },
    reads: ["Mlflow_DB"],
    rights: ofType("gcp:secretmanager/secretIamMember:SecretIamMember", "secretId"),
    granted: ["Mlflow_DB"],
  },
  "vault-kv": {
    facts: { address: "https://vault.example:8200" },
    remoteNames: { "shop/db": "admin-token" },
    reads: ["admin-token"],
    rights: ofType("vault:index/policy:Policy", "policy"),
    granted: ['path "secret/data/admin-token" {\n  capabilities = ["read"]\n}\n'],
  },
};

const entries = Object.entries(cases) as [RemoteStoreKind, Case][];

function program(kind: RemoteStoreKind, changes: Readonly<Record<string, unknown>> = {}, store: object = {}) {
  const { facts: own, remoteNames } = cases[kind];
  return stack({
    catalogue,
    facts: {
      stores: { main: { kind, ...own, remoteNames, ...store } },
      clusters: { main: { ...facts.clusters.main, issuer: "https://issuer.example" } },
      namespaces: { shop: { cluster: "main", store: "main" } },
      ...changes,
    },
    external: { keyVaultApi: fakeKeyVaultApi },
    secret: {},
  });
}

function run(kind: RemoteStoreKind, changes = {}, { options = {}, store = {} }: Changes = {}) {
  const [main, own] = program(kind, changes, store);
  return runProgram(main, { ...own, ...options });
}

interface Changes {
  readonly options?: RunOptions;
  /** Facts of the store. */
  readonly store?: object;
}

interface Read {
  readonly secretKey?: string;
  readonly remoteRef?: { readonly key: string };
  readonly extract?: { readonly key: string };
}

/** What ExternalSecrets read: `<key> of <name>`, or `<name>` alone for all of its keys. */
function readsOf(all: readonly Registered[]): readonly string[] {
  const found = all.filter(({ type }) => type === "kubernetes:external-secrets.io/v1:ExternalSecret");
  return found.flatMap(({ inputs }) => {
    const { data = [], dataFrom = [] } = inputs["spec"] as { data?: readonly Read[]; dataFrom?: readonly Read[] };
    return [...data, ...dataFrom].map(({ secretKey, remoteRef, extract }) =>
      secretKey === undefined ? (extract?.key ?? "nothing") : `${secretKey} of ${remoteRef?.key ?? "nothing"}`,
    );
  });
}

/** The name that the mocks keep an object under. */
function fullName(kind: RemoteStoreKind, name: string): string {
  const prefix = kind === "vault-kv" ? "secret/" : kind === "gcp-secret-manager" ? "projects/acme-prod/secrets/" : "";
  return `${prefix}${name}`;
}

/** What objects hold, sorted. */
function payloads(kind: RemoteStoreKind, { vault, memory }: Pick<Ran, "vault" | "memory">, names: readonly string[]) {
  return names
    .map((name) => fullName(kind, name))
    .map((name) => (kind === "vault-kv" ? vault.find(name) : memory.read(kind, name))?.payload)
    .sort();
}
type Ran = Awaited<ReturnType<typeof run>>;

describe("names of objects that facts choose", () => {
  for (const [kind, { remoteNames, reads, rights, granted }] of entries) {
    const names = Object.values(remoteNames).sort();

    it(`are what is written, granted, read by the operator and told in the outputs: ${kind}`, async () => {
      const { resources, memory, vault, result } = await run(kind);
      const held = kind === "vault-kv" ? vault.paths : memory.names(kind);
      assert.deepEqual(
        held,
        names.map((name) => fullName(kind, name)),
      );
      assert.deepEqual(readsOf(resources.all), reads);
      assert.deepEqual(rights(resources.all), granted);
      assert.deepEqual(result.namespaces["shop"]?.secrets["shop-db"]?.remoteNames, { main: names });
    });

    it(`are what is adopted where it exists, and refused where nobody decided about it: ${kind}`, async () => {
      const { vault, memory } = await run(kind);
      const message = await failureOf(program(kind)[0], { ...program(kind)[1], vault, memory });
      for (const name of names) assert.ok(message.includes(`store main already contains "${name}"`), message);
      const { logs, state } = await run(kind, { adopt: { "shop/db": true } }, { options: { vault, memory } });
      assert.deepEqual(
        logs.filter(({ severity }) => severity !== "info"),
        [],
      );
      assert.ok(Object.keys(state).some((urn) => urn.endsWith("::shop/db/password")));
    });

    it(`are what is referenced, with rights and without a write: ${kind}`, async () => {
      const { vault, memory } = await run(kind);
      const { resources } = await run(kind, { reference: { "shop/db": true } }, { options: { vault, memory } });
      assert.deepEqual(readsOf(resources.all), reads);
      assert.deepEqual(rights(resources.all), granted);
      assert.deepEqual(
        resources.all.filter(({ name }) => name.startsWith("shop/db/main")),
        [],
      );
    });

    it(`are a move where the state has others: the same values, and a word about the old object: ${kind}`, async () => {
      const before = await run(kind, {}, { store: { remoteNames: {} } });
      const { vault, memory, state } = before;
      const after = await run(kind, {}, { options: { vault, memory, state } });
      const old = before.result.namespaces["shop"]?.secrets["shop-db"]?.remoteNames["main"] ?? [];
      assert.deepEqual(payloads(kind, after, names), payloads(kind, before, old));
      assert.ok(payloads(kind, after, names).every((each) => each !== undefined));
      const said = after.logs.map(({ severity, message }) => `${severity} ${message}`);
      assert.equal(said.length, names.length);
      for (const name of names) {
        const [line] = said.filter((each) => each.includes(`to "${name}": the old object is deleted at the end`));
        assert.ok(line?.startsWith("info moving shop/db in store main from "), said.join("\n"));
        assert.ok(
          old.some((each) => line?.includes(`from "${each}"`)),
          line,
        );
      }
    });
  }

  it("may be those of a service of AWS where the secret is only referenced", async () => {
    const memory = new RemoteMemory();
    const name = "rds!cluster-1f2e3d4c";
    memory.write("aws-secrets-manager", name, JSON.stringify({ username: "shop", password: "in-use-71c4" }));
    const store = { remoteNames: { "shop/db": name } };
    const referenced = { reference: { "shop/db": true } };
    const { resources } = await run("aws-secrets-manager", referenced, { store, options: { memory } });
    assert.deepEqual(readsOf(resources.all), [name]);
    assert.deepEqual(allowed(resources.all), [[secretArn(name)]]);
  });

  it("take nothing from this stack where a secret of it becomes somebody else's under another name", async () => {
    const vault = new FakeVault();
    const { state } = await run("vault-kv", {}, { store: { remoteNames: {} }, options: { vault } });
    vault.write("secret/admin-token", { username: "shop", password: "in-use-71c4" });
    const [main, options] = program("vault-kv", { reference: { "shop/db": true } });
    assert.equal(
      await failureOf(main, { ...options, vault, state }),
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  reference["shop/db"]: "acme-test/shop/db" in store main is managed by this stack, which would now delete it',
        `    fix: pulumi config rm --path 'reference["shop/db"]'`,
      ].join("\n"),
    );
  });

  it("are not changed in case alone where the store takes both for one name", async () => {
    const { memory, state } = await run("azure-key-vault");
    const store = { remoteNames: { "shop/db/password": "mlflow-db-password", "shop/db/username": "user" } };
    const [main, options] = program("azure-key-vault", {}, store);
    assert.equal(
      await failureOf(main, { ...options, memory, state }),
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  stores.main.remoteNames["shop/db/password"]: "mlflow-db-password" in store main is "mlflow-DB-Password" in the state, which the store takes for the same name: it would be deleted after this run had written it',
        `    fix: pulumi config set --path 'stores.main.remoteNames["shop/db/password"]' mlflow-DB-Password`,
      ].join("\n"),
    );
  });
});
