import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { FakeVault, type Values } from "../../support/fake-vault.ts";
import { facts } from "../../support/fixtures.ts";
import { failureOf, runProgram } from "../../support/mocks.ts";
import { stack } from "../../support/stack.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: { db: { keys: { username: literal("shop"), password: password() } } },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
  },
};

/** Vault with a role at a path, as its database engine answers. */
function vaultWith(path: string, role: object): FakeVault {
  const vault = new FakeVault();
  vault.write(path, role as Values);
  return vault;
}

function program(credentials: object, more: object = {}) {
  return stack({
    catalogue,
    facts: {
      stores: { vault: { ...facts.stores.vault, databaseCredentials: { "shop/db": credentials } } },
      namespaces: { shop: { cluster: "main", store: "vault", ...more } },
    },
    secret: {},
  });
}

describe("credentials that a database engine issues", () => {
  it("come by a generator with a login of its own, and no value of theirs is made or read here", async () => {
    const [main, options] = program({ role: "shop" }, { refreshSeconds: 2400 });
    const vault = vaultWith("database/roles/shop", { default_ttl: 3600, max_ttl: 86_400 });
    const { resources } = await runProgram(main, { ...options, vault });
    const byName = (name: string) => resources.all.find((each) => each.name === name)?.inputs;
    assert.deepEqual(
      resources.all.filter(({ type }) => /Stash|SecretV2/.test(type)),
      [],
    );
    const role = byName("main/shop/database/role") ?? assert.fail("there is no role");
    assert.deepEqual(
      [role["tokenTtl"], role["tokenMaxTtl"], role["boundServiceAccountNames"]],
      [3660, 3660, ["secrets-reader"]],
    );
    assert.equal(
      byName("main/shop/database/policy")?.["policy"],
      'path "database/creds/shop" {\n  capabilities = ["read"]\n}\n',
    );
    const generator = byName("main/shop/generator/shop.db") as { readonly spec: Readonly<Record<string, unknown>> };
    assert.deepEqual(
      { ...generator.spec, provider: undefined },
      {
        path: "database/creds/shop",
        method: "GET",
        resultType: "Data",
        allowEmptyResponse: false,
        provider: undefined,
      },
    );
    const secret = byName("main/shop/shop-db") as { readonly spec: Readonly<Record<string, unknown>> };
    assert.equal(secret.spec["data"], undefined);
    assert.deepEqual(secret.spec["dataFrom"], [
      {
        sourceRef: {
          generatorRef: {
            apiVersion: "generators.external-secrets.io/v1alpha1",
            kind: "VaultDynamicSecret",
            name: "shop.db",
          },
        },
        rewrite: [
          { regexp: { source: "^password$", target: "issued1_password" } },
          { regexp: { source: "^username$", target: "issued1_username" } },
        ],
      },
    ]);
  });

  it("of a static role are read by tokens that live as long as any reader's", async () => {
    const [main, options] = program({ staticRole: "legacy" });
    const vault = vaultWith("database/static-roles/legacy", { rotation_period: 86_400, username: "legacy" });
    const { resources } = await runProgram(main, { ...options, vault });
    const role = resources.all.find(({ name }) => name === "main/shop/database/role");
    assert.equal(role?.inputs["tokenTtl"], 600);
  });

  it("are refused before the first write without the role", async () => {
    const [main, options] = program({ role: "shop" });
    const failure = await failureOf(main, { ...options, vault: new FakeVault() });
    assert.match(
      failure,
      /stores\.vault\.databaseCredentials\["shop\/db"\]: the database secrets engine at database\/ in Vault at \S+ has no role "shop", or the token may not read database\/roles\/shop\n\s+fix: vault write database\/roles\/shop db_name=<connection>/,
    );
  });

  it("are refused with a role that does not say how long they are valid", async () => {
    const [main, options] = program({ role: "shop" });
    const failure = await failureOf(main, { ...options, vault: vaultWith("database/roles/shop", { default_ttl: 0 }) });
    assert.match(failure, /has no default_ttl, so that nobody can tell how long its credentials are valid/);
    assert.match(failure, /fix: vault patch database\/roles\/shop default_ttl=1h/);
  });

  it("are refused where the operator would come too late", async () => {
    const [main, options] = program({ role: "shop" }, { refreshSeconds: 2401 });
    const vault = vaultWith("database/roles/shop", { default_ttl: 7200, max_ttl: 3600 });
    const failure = await failureOf(main, { ...options, vault });
    assert.match(
      failure,
      /namespaces\.shop\.refreshSeconds: shop\/shop-db is refreshed every 2401 s, and credentials of its role in store vault are valid for 3600 s: new ones must come after two thirds of that, 2400 s, so that consumers have time to change over/,
    );
  });
});
