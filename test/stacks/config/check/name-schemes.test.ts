import assert from "node:assert/strict";
import { literal, password } from "../../../../components/values/recipe.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { environment, facts, issuesOf } from "../../../support/fixtures.ts";

const uuid = "11111111-2222-3333-4444-555555555555";
const account = { region: "eu-central-1", accountId: "123456789012" };
const issuer = "https://issuer.example/main";
const stores = {
  "vault-kv": facts.stores.vault,
  "aws-secrets-manager": { kind: "aws-secrets-manager", ...account },
  "aws-parameter-store": { kind: "aws-parameter-store", ...account },
  "azure-key-vault": {
    kind: "azure-key-vault",
    subscriptionId: uuid,
    tenantId: uuid,
    resourceGroup: "p",
    vault: "acme-test",
    location: "westeurope",
  },
  "gcp-secret-manager": {
    kind: "gcp-secret-manager",
    project: "acme-test",
    projectNumber: "123456789",
    identityProviders: { main: "projects/123456789/locations/global/workloadIdentityPools/acme/providers/main" },
  },
} as const;
const catalogue: Catalogue = {
  shop: {
    secrets: { db: { primaryKey: "password", keys: { username: literal("shop"), password: password() } } },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
  },
};
const withScheme = (kind: keyof typeof stores, nameScheme: string, more: object = {}) => ({
  catalogue,
  facts: {
    ...facts,
    clusters: { main: { ...facts.clusters.main, issuer } },
    stores: { vault: { ...stores[kind], nameScheme, ...more } },
  },
});
const namesBy = (...args: Parameters<typeof withScheme>) =>
  environment(withScheme(...args)).placements.flatMap(({ objects }) => objects.map(({ name }) => name));
const refusedBy = (...args: Parameters<typeof withScheme>) => issuesOf(withScheme(...args));

describe("a scheme of names", () => {
  it("names the objects of every kind of store", () => {
    assert.deepEqual(namesBy("vault-kv", "{environment}/{application}/{secret}"), ["test/shop/db"]);
    assert.deepEqual(namesBy("aws-secrets-manager", "{platform}.{application}.{secret}+v1"), ["acme.shop.db+v1"]);
    assert.deepEqual(namesBy("aws-parameter-store", "/{environment}/{application}/{secret}/{key}"), [
      "/test/shop/db/password",
      "/test/shop/db/username",
    ]);
    assert.deepEqual(namesBy("azure-key-vault", "{application}-{secret}-{key}"), [
      "shop-db-password",
      "shop-db-username",
    ]);
    assert.deepEqual(namesBy("gcp-secret-manager", "{application}_{secret}"), ["shop_db"]);
  });

  it("gives way to an exact name", () => {
    assert.deepEqual(namesBy("vault-kv", "{application}/{secret}", { remoteNames: { "shop/db": "legacy/db" } }), [
      "legacy/db",
    ]);
  });

  it("must tell objects apart", () => {
    const path = "stores.vault.nameScheme";
    const fix = "such as {application}/{secret}";
    assert.deepEqual(refusedBy("vault-kv", "{application}/db"), [
      { path, problem: "must hold {secret}: without, two objects would have one name", fix },
    ]);
    assert.deepEqual(refusedBy("azure-key-vault", "{application}-{secret}"), [
      { path, problem: "must hold {key}: without, two objects would have one name", fix: `${fix}/{key}` },
    ]);
    assert.deepEqual(refusedBy("vault-kv", "{application}/{secret}/{key}"), [
      {
        path,
        problem: "must not hold {key}: an object of this store has all keys of a secret (layout bundle)",
        fix: "pulumi config set --path 'stores.vault.nameScheme' <scheme without {key}>",
      },
    ]);
  });

  it("must be made of placeholders that there are", () => {
    const [issue, ...others] = refusedBy("vault-kv", "{enviroment}/{application}/{secret}");
    assert.deepEqual(others, []);
    assert.equal(
      issue?.problem,
      'names "enviroment", which is no placeholder; there are application, environment, key, platform, secret',
    );
    assert.equal(issue?.fix, 'did you mean "environment"?');
    assert.match(
      refusedBy("vault-kv", "{application/{secret}")[0]?.problem ?? "",
      /^has a brace that belongs to no placeholder/,
    );
    assert.match(refusedBy("vault-kv", "")[0]?.problem ?? "", /empty/);
  });

  it("must make names that are legal in its store", () => {
    for (const [kind, scheme] of [
      ["azure-key-vault", "{application}/{secret}/{key}"],
      ["gcp-secret-manager", "{application}/{secret}"],
      ["aws-secrets-manager", "{application} {secret}"],
      ["aws-parameter-store", "{application}/{secret}/{key}"],
      ["vault-kv", "/{application}//{secret}"],
    ] as const) {
      const issues = refusedBy(kind, scheme);
      assert.ok(issues.length > 0, kind);
      for (const { path } of issues) assert.equal(path, "stores.vault.nameScheme", kind);
    }
  });

  describe("beside what somebody else writes", () => {
    const references = (described: unknown, more: object = {}) => ({ references: { "shop/db": described }, ...more });

    it("names those objects too, and gives way to their exact names", () => {
      assert.deepEqual(namesBy("vault-kv", "{application}/{secret}", references(true)), ["shop/db"]);
      const named = references(true, { remoteNames: { "shop/db": "rds/main" } });
      assert.deepEqual(namesBy("vault-kv", "{application}/{secret}", named), ["rds/main"]);
    });

    it("makes no names for another layout than the store's", () => {
      const at = 'stores.vault.references["shop/db"].layout';
      const fix = (entry: string) =>
        `pulumi config set --path 'stores.vault.remoteNames["${entry}"]' <name of the object>`;
      const bundle = "is bundle, and the store's nameScheme makes names for per-key: shop/db has no name";
      assert.deepEqual(
        refusedBy("aws-parameter-store", "/{application}/{secret}/{key}", references({ layout: "bundle" })),
        [{ path: at, problem: bundle, fix: fix("shop/db") }],
      );
      const perKey = (key: string) =>
        `is per-key, and the store's nameScheme makes names for bundle: shop/db/${key} has no name`;
      assert.deepEqual(
        refusedBy("aws-secrets-manager", "{application}/{secret}", references({ layout: "per-key" })),
        ["password", "username"].map((key) => ({ path: at, problem: perKey(key), fix: fix(`shop/db/${key}`) })),
      );
      const remoteNames = { "shop/db/password": "rds/password", "shop/db/username": "rds/username" };
      assert.deepEqual(
        namesBy("aws-secrets-manager", "{application}/{secret}", references({ layout: "per-key" }, { remoteNames })),
        ["rds/password", "rds/username"],
      );
    });

    it("finds the copy that the store of another region brings, where both have the same scheme", () => {
      const main = { ...stores["aws-secrets-manager"], replicas: [{ region: "eu-west-1" }] };
      const copy = { kind: main.kind, accountId: main.accountId, region: "eu-west-1", references: { "shop/db": true } };
      const clusters = {
        main: { ...facts.clusters.main, issuer },
        other: { ...facts.clusters.main, kubeconfig: "other.kubeconfig", context: "other", issuer: `${issuer}/other` },
      };
      const copies = (scheme: string | undefined) =>
        environment({
          catalogue,
          facts: {
            ...facts,
            clusters,
            stores: {
              main: { ...main, nameScheme: "{application}/{secret}" },
              copy: { ...copy, ...(scheme === undefined ? {} : { nameScheme: scheme }) },
            },
            namespaces: { shop: { clusters: { main: { store: "main" }, other: { store: "copy" } } } },
          },
        }).placements.map(({ store, objects, replicaOf }) => [store.name, objects[0]?.name, replicaOf]);
      assert.deepEqual(copies("{application}/{secret}"), [
        ["copy", "shop/db", "main"],
        ["main", "shop/db", undefined],
      ]);
      assert.deepEqual(copies(undefined)[0], ["copy", "acme-test/shop/db", undefined]);
    });
  });

  it("must not give two objects one name, be they written here or by somebody else", () => {
    const keys = { password: password() };
    const two: Catalogue = {
      "a-b": { secrets: { c: { keys } }, deliveries: [{ namespace: "shop", secretName: "one", from: ["c"] }] },
      a: { secrets: { "b-c": { keys } }, deliveries: [{ namespace: "shop", secretName: "two", from: ["b-c"] }] },
    };
    const others = { references: { "a-b/c": true, "a/b-c": true } };
    assert.deepEqual(
      issuesOf({ ...withScheme("vault-kv", "{application}-{secret}", others), catalogue: two }).map(
        ({ path, problem }) => [path, problem],
      ),
      [["stores.vault.nameScheme", 'a-b/c and a/b-c both map to "a-b-c"']],
    );
    const chosen = { ...others, remoteNames: { "a/b-c": "a-b-c" } };
    assert.deepEqual(issuesOf({ ...withScheme("vault-kv", "{application}-{secret}", chosen), catalogue: two }), []);
    assert.deepEqual(issuesOf({ ...withScheme("vault-kv", "{application}-{secret}"), catalogue: two }), [
      {
        path: "stores.vault.nameScheme",
        problem: 'a-b/c and a/b-c both map to "a-b-c"',
        fix: "pulumi config set --path 'stores.vault.nameScheme' <another scheme>",
      },
    ]);
  });
});
