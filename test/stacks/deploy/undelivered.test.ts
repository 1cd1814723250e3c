import assert from "node:assert/strict";
import { password } from "../../../components/values/recipe.ts";
import { up } from "../../support/stack.ts";
import { catalogue } from "../../support/fixtures.ts";

const shop = catalogue["shop"] ?? assert.fail("no application");
const withKey = {
  shop: { ...shop, secrets: { ...shop.secrets, key: { keys: { token: password() }, delivered: false as const } } },
};
const stores = {
  vault: { kind: "vault-kv", address: "https://vault.example:8200" },
  machines: { kind: "aws-secrets-manager", region: "eu-central-1", accountId: "123456789012" },
};
const facts = { stores, namespaces: { shop: { cluster: "main", store: "vault" } } };

describe("deploying a secret that no namespace gets", () => {
  it("writes it to its store, which nothing else uses, and gives nobody rights to it", async () => {
    const without = await up({ catalogue, secret: {}, facts });
    const run = await up({ catalogue: withKey, secret: {}, facts: { ...facts, storedIn: { "shop/key": "machines" } } });
    const added = run.resources.contents.filter((each) => !without.resources.contents.includes(each));
    assert.deepEqual(added, [
      "aws:secretsmanager/secret:Secret shop/key/machines",
      // It keeps every other account out.
      "aws:secretsmanager/secretPolicy:SecretPolicy shop/key/machines",
      "aws:secretsmanager/secretVersion:SecretVersion shop/key/machines",
      "pulumi:index:Stash shop/key/token",
      "pulumi:providers:aws machines",
    ]);
  });

  it("lets a cluster generate it, and push it into its store", async () => {
    const externalSecrets = { version: "2.9.0", pushSecrets: true };
    const run = await up({
      catalogue: withKey,
      secret: {},
      facts: {
        ...facts,
        clusters: { main: { flavour: "kubeconfig", externalSecrets } },
        storedIn: { "shop/key": "vault" },
        generatedInCluster: { "shop/key": "main" },
      },
    });
    const pushes = run.resources.all.filter(({ type }) => type.endsWith(":PushSecret"));
    assert.deepEqual(
      pushes.map(({ name }) => name),
      ["main/generated/vault/shop/key/push"],
    );
    assert.ok(!run.resources.contents.includes("pulumi:index:Stash shop/key/token"));
    assert.ok(!run.vault.paths.includes("secret/acme-test/shop/key"));
  });

  it("writes it beside the others, without a word of it in a policy", async () => {
    const run = await up({ catalogue: withKey, secret: {}, facts: { ...facts, storedIn: { "shop/key": "vault" } } });
    assert.ok(run.vault.paths.includes("secret/acme-test/shop/key"));
    const policies = run.resources.all.filter(({ type }) => type === "vault:index/policy:Policy");
    assert.equal(policies.length, 1);
    assert.ok(!JSON.stringify(policies.map(({ inputs }) => inputs)).includes("shop/key"));
  });
});
