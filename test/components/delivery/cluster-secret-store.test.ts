import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import { deployStack } from "../../../stacks/index.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { knownEntropy } from "../../support/entropy.ts";
import { facts, policy, refusal, refusalOf } from "../../support/fixtures.ts";
import { runProgram } from "../../support/mocks.ts";
import { emptyExternal } from "../../support/external-queries.ts";
import { asText } from "../../support/project.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: { keys: { username: literal("shop"), password: password() } },
      api: { keys: { token: password() } },
      unread: { keys: { token: password() } },
    },
    deliveries: [
      { namespace: "shop", secretName: "shop-db", from: ["db"] },
      { namespace: "till", secretName: "till-api", from: ["api"] },
      { namespace: "alone", secretName: "alone-unread", from: ["unread"] },
    ],
  },
};
const withClusterStore = (conditions: boolean) => ({
  ...facts,
  clusters: {
    main: { ...facts.clusters.main, externalSecrets: { version: "2.9.0", clusterSecretStore: { conditions } } },
    own: { ...facts.clusters.main, context: "own" },
  },
  stores: { vault: { ...facts.stores.vault, auth: { mountPaths: { own: "kubernetes-own" } } } },
  namespaces: {
    shop: { cluster: "main", store: "vault" },
    till: { cluster: "main", store: "vault" },
    alone: { cluster: "own", store: "vault" },
  },
});
const run = async (conditions: boolean) => {
  const plain = Object.entries(withClusterStore(conditions)).map(([key, value]) => [key, asText(value)]);
  const external = emptyExternal(withClusterStore(conditions));
  const policies = { test: { ...policy, allowOpenClusterStores: true } };
  const { resources } = await runProgram(
    () => deployStack({ catalogue, policies, entropy: knownEntropy(), external: external }),
    {
      stack: "test",
      config: { plain: Object.fromEntries(plain) as Record<string, string> },
    },
  );
  return resources;
};
const clusterStore = "kubernetes:external-secrets.io/v1:ClusterSecretStore";
const specOf = (inputs: Readonly<Record<string, unknown>>) => inputs["spec"] as Record<string, unknown>;

describe("namespaces that share a ClusterSecretStore", () => {
  it("read through one for each store, which names who may, and none makes a store of its own", async () => {
    const resources = await run(true);
    assert.deepEqual(resources.names(clusterStore), ["main/cluster-secret-store/vault/cluster-secret-store"]);
    const { inputs, options, parent } = resources.find(
      clusterStore,
      "main/cluster-secret-store/vault/cluster-secret-store",
    );
    assert.equal((inputs["metadata"] as { name: string }).name, "acme-test-vault");
    assert.deepEqual(specOf(inputs)["conditions"], [{ namespaces: ["shop", "till"] }]);
    assert.equal(parent, "main/cluster-secret-store/vault");
    assert.ok(options.dependsOn.includes("main/operator"));
    assert.deepEqual(resources.names("kubernetes:external-secrets.io/v1:SecretStore"), ["own/alone/secret-store"]);
    for (const name of ["main/shop/shop-db", "main/till/till-api"]) {
      const external = resources.find("kubernetes:external-secrets.io/v1:ExternalSecret", name);
      assert.deepEqual(specOf(external.inputs)["secretStoreRef"], {
        kind: "ClusterSecretStore",
        name: "acme-test-vault",
      });
      assert.ok(external.options.dependsOn.includes("main/cluster-secret-store/vault/cluster-secret-store"));
    }
  });

  it("have one identity, in the operator's namespace, that reads what they read and nothing else", async () => {
    const resources = await run(true);
    const policies = resources.names("vault:index/policy:Policy");
    assert.deepEqual(policies, ["main/cluster-secret-store/vault/policy", "own/alone/policy"]);
    const text = String(resources.find("vault:index/policy:Policy", policies[0] ?? "").inputs["policy"]);
    assert.deepEqual(text.match(/path "[^"]+"/g), [
      'path "secret/data/acme-test/shop/api"',
      'path "secret/data/acme-test/shop/db"',
    ]);
    const account = resources.find(
      "kubernetes:core/v1:ServiceAccount",
      "main/cluster-secret-store/vault/service-account",
    );
    assert.equal((account.inputs["metadata"] as { namespace: string }).namespace, "external-secrets");
    const { inputs } = resources.find(clusterStore, "main/cluster-secret-store/vault/cluster-secret-store");
    assert.match(JSON.stringify(specOf(inputs)), /"serviceAccountRef":\{[^}]*"namespace":"external-secrets"/);
  });

  it("are not named where facts let every namespace read", async () => {
    const { inputs } = (await run(false)).find(clusterStore, "main/cluster-secret-store/vault/cluster-secret-store");
    assert.equal("conditions" in specOf(inputs), false);
  });

  it("must be named where the policy says so", () => {
    assert.equal(
      refusalOf({ catalogue, facts: withClusterStore(false) }),
      refusal(
        1,
        "  clusters.main.externalSecrets.clusterSecretStore.conditions: a ClusterSecretStore without conditions lets every namespace of the cluster read what any of them may, and this environment's policy forbids it",
        "    fix: pulumi config set --path 'clusters.main.externalSecrets.clusterSecretStore.conditions' true",
      ),
    );
  });
});
