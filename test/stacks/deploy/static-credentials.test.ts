import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import { SecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import { staticCredentialKeys, storeProvider } from "../../../components/backends/identities.ts";
import { staticIdentity } from "../../../components/backends/static-identity.ts";
import { secretStore } from "../../../components/external-secrets/manifests.ts";
import { environment, facts, policy, refusal, refusalOf } from "../../support/fixtures.ts";
import { leaks } from "../../support/clear-text.ts";
import { SecretInput } from "../../support/recording.ts";
import { up } from "../../support/stack.ts";

const vault = { ...facts.stores.vault, staticCredentials: true };
const stores = { vault };
const token = "reader-token-5d1f";
const allowed = { allowStaticCredentials: true };

/** Every remote kind, read with credentials. */
const kinds = {
  vault: facts.stores.vault,
  parameters: { kind: "aws-parameter-store", region: "eu-central-1", accountId: "111122223333" },
  manager: { kind: "aws-secrets-manager", region: "eu-central-1", accountId: "111122223333" },
  azure: {
    kind: "azure-key-vault",
    subscriptionId: "11111111-1111-4111-8111-111111111111",
    tenantId: "22222222-2222-4222-8222-222222222222",
    resourceGroup: "secrets",
    vault: "kv-acme",
    location: "westeurope",
  },
  gcp: { kind: "gcp-secret-manager", project: "acme-prod", projectNumber: "123456789012" },
} as const;

/** The references to keys of Secrets, sorted by key. */
function references(value: unknown): readonly { readonly key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  if ("key" in value && typeof value.key === "string") return [value as { readonly key: string }];
  const found = Object.values(value).flatMap(references);
  return found.sort((one, other) => (one.key < other.key ? -1 : 1));
}

describe("reading a store with credentials that people bring", () => {
  const run = () => {
    const secret = { tillToken: "canary-of-the-till-9f2c", vaultReaderToken: token };
    return up({ facts: { stores }, policy: allowed, secret });
  };

  it("puts them into a Secret of each namespace, which its SecretStore names, and makes no identity", async () => {
    const { resources } = await run();
    resources.assertNone("vault:kubernetes/authBackendRole:AuthBackendRole");
    resources.assertNone("vault:index/policy:Policy");
    resources.assertNone("kubernetes:core/v1:ServiceAccount");
    const held = resources.find("kubernetes:core/v1:Secret", "main/shop/credentials");
    assert.deepEqual(held.inputs["metadata"], {
      name: "secrets-reader-credentials",
      namespace: "shop",
      annotations: { "multicloud-secrets/stack": "multicloud-secrets/test", "pulumi.com/patchForce": "true" },
    });
    assert.deepEqual(held.inputs["stringData"], new SecretInput({ token }));
    const store = resources.find("kubernetes:external-secrets.io/v1:SecretStore", "main/shop/secret-store");
    assert.match(
      JSON.stringify(store.inputs["spec"]),
      /"auth":\{"tokenSecretRef":\{"key":"token","name":"secrets-reader-credentials"\}\}/,
    );
    assert.ok(store.options.dependsOn.includes("main/shop/credentials"));
  });

  it("says where they are to a ClusterSecretStore: its operator otherwise looks in the namespace that reads", async () => {
    const externalSecrets = { version: "2.9.0", clusterSecretStore: {} };
    const clusters = { main: { ...facts.clusters.main, externalSecrets } };
    const secret = { tillToken: "canary-of-the-till-9f2c", vaultReaderToken: token };
    const { resources } = await up({ facts: { stores, clusters }, policy: allowed, secret });
    const name = "main/cluster-secret-store/vault";
    const held = resources.find("kubernetes:core/v1:Secret", `${name}/credentials`);
    assert.equal((held.inputs["metadata"] as { namespace: string }).namespace, "external-secrets");
    const type = "kubernetes:external-secrets.io/v1:ClusterSecretStore";
    assert.deepEqual(references(resources.find(type, `${name}/cluster-secret-store`).inputs["spec"]), [
      { key: "token", name: "secrets-reader-credentials", namespace: "external-secrets" },
    ]);
  });

  it("shows them nowhere", async () => {
    const { resources, logs, calls, result } = await run();
    assert.deepEqual(leaks([resources.all, logs, calls, result], [token]), []);
  });

  it("warns of it in each run", async () => {
    const { logs } = await run();
    assert.deepEqual(
      logs.map(({ severity, message }) => [severity, message.split("\n")[0]]),
      [
        [
          "warning",
          "stores.vault: every namespace reads it with the same credentials, which do not expire and whose permissions this program does not control. For development only.",
        ],
      ],
    );
  });

  it("is refused where the policy says so", () => {
    assert.equal(
      refusalOf({ facts: { ...facts, stores }, secretKeys: new Set(["vaultReaderToken"]) }),
      refusal(
        1,
        "  stores.vault.staticCredentials: credentials that people bring never expire by themselves, and this environment's policy forbids them",
        "    fix: let each namespace have an identity of its own: pulumi config rm --path 'stores.vault.staticCredentials'",
      ),
    );
  });

  it("is refused without the credentials", () => {
    assert.equal(
      refusalOf({ facts: { ...facts, stores }, policy: { ...policy, ...allowed } }),
      refusal(
        1,
        "  vaultReaderToken: is missing: store vault is read with it (stores.vault.staticCredentials)",
        "    fix: pulumi config set --secret vaultReaderToken",
      ),
    );
  });

  for (const [name, store] of Object.entries(kinds)) {
    it(`gives ${store.kind} a SecretStore that fits the API, without a service account, on a cluster that tells no issuer`, () => {
      const spec = environment({
        facts: {
          ...facts,
          stores: { [name]: { ...store, staticCredentials: true } },
          namespaces: { shop: { cluster: "main", store: name } },
        },
        policy: { ...policy, ...allowed },
        secretKeys: new Set(staticCredentialKeys),
      }).stores.get(name);
      if (spec === undefined) return assert.fail("no store");
      const { login } = staticIdentity(spec, () => output("canary-5d1f"));
      const manifest = secretStore({ name: "secrets-reader", namespace: "shop" }, storeProvider(spec, login));
      new SecretStore(manifest).validate();
      const text = JSON.stringify(manifest);
      const keys = Object.keys(login.credentials).sort();
      assert.deepEqual(
        references(manifest),
        keys.map((key) => ({ name: "secrets-reader-credentials", key })),
      );
      assert.ok(!text.includes("serviceAccountRef") && !text.includes("canary"), text);
    });
  }
});
