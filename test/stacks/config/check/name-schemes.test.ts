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

  it("must not give two objects one name", () => {
    const keys = { password: password() };
    const two: Catalogue = {
      "a-b": { secrets: { c: { keys } }, deliveries: [{ namespace: "shop", secretName: "one", from: ["c"] }] },
      a: { secrets: { "b-c": { keys } }, deliveries: [{ namespace: "shop", secretName: "two", from: ["b-c"] }] },
    };
    assert.deepEqual(issuesOf({ ...withScheme("vault-kv", "{application}-{secret}"), catalogue: two }), [
      {
        path: "stores.vault.nameScheme",
        problem: 'a-b/c and a/b-c both map to "a-b-c"',
        fix: "pulumi config set --path 'stores.vault.nameScheme' <another scheme>",
      },
    ]);
  });
});
