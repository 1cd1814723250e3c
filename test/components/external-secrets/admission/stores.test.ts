import assert from "node:assert/strict";
import type { AdmissionSpec } from "../../../../components/external-secrets/admission/contract.ts";
import { admissionPolicies } from "../../../../components/external-secrets/admission/index.ts";
import { fieldLists, storeFields, type Provider } from "../../../../components/external-secrets/admission/fields.ts";
import { references } from "../../../../components/external-secrets/admission/references.ts";
import { refusals } from "../../../support/admission-cel.ts";
import { borrowedStores, newlyBorrowedStores, ownStores } from "../../../support/tenant-stores.ts";

const apiVersion = "external-secrets.io/v1";
const spec: AdmissionSpec = {
  providers: ["aws", "azurekv", "gcpsm", "vault"],
  clusterStores: true,
  openClusterStores: true,
  pushSecrets: false,
};
const refusalsOf = (kind: string, provider: object, others: object = {}) =>
  refusals(admissionPolicies(spec), { apiVersion, kind, spec: { provider, ...others } });
const known = Object.keys(storeFields) as Provider[];

/** A store that has one thing at a path, `vault.auth.later`, and nothing else. */
function storeWith(path: string, value: unknown): object {
  return path.split(".").reduceRight<unknown>((inner, field) => ({ [field]: inner }), value) as object;
}

// Evaluated here as a real API server does: test/e2e/admission/stores.test.ts asks it for the same stores.
describe("admission policies: stores", () => {
  for (const [what, provider] of Object.entries(ownStores)) {
    it(`admit ${what}`, () => {
      assert.deepEqual(refusalsOf("SecretStore", provider), []);
      assert.deepEqual(refusalsOf("ClusterSecretStore", provider), []);
    });
  }

  for (const [what, [provider, said]] of Object.entries({ ...borrowedStores, ...newlyBorrowedStores })) {
    it(`refuse ${what}`, () => {
      const [first = "it was admitted"] = refusalsOf("SecretStore", provider);
      assert.equal(first, said);
    });

    // Others may use it, and it would be the operator for them. Only it may name a namespace.
    if (said.startsWith("a SecretStore may not")) continue;
    it(`refuse ${what}, for the whole cluster`, () => {
      const [first = "it was admitted"] = refusalsOf("ClusterSecretStore", provider);
      assert.equal(first, said);
    });
  }

  for (const provider of known) {
    for (const { path } of fieldLists(provider)) {
      it(`refuse a field of ${path} that a later version may have`, () => {
        assert.ok(
          refusalsOf("SecretStore", storeWith(`${path}.later`, {})).includes(
            `a store may not have ${path}.later: only fields are allowed that are known to use nothing of the operator itself`,
          ),
        );
      });
    }

    for (const reference of references[provider]) {
      it(`refuse another namespace in ${provider}.${reference}`, () => {
        const borrowed = storeWith(`${provider}.${reference}.namespace`, "other");
        const said =
          "a SecretStore may not use credentials of another namespace: leave `namespace` out of its references, they are then its own";
        assert.ok(refusalsOf("SecretStore", borrowed).includes(said));
        assert.ok(!refusalsOf("ClusterSecretStore", borrowed).includes(said));
      });
    }
  }

  it("refuse what a later version may have beside the provider", () => {
    const own = ownStores["vault: a token"] ?? assert.fail();
    assert.deepEqual(refusalsOf("SecretStore", own, { controller: "", refreshInterval: 60, retrySettings: {} }), []);
    assert.deepEqual(refusalsOf("SecretStore", own, { providerRef: {}, controller: "" }), [
      "a store may not have providerRef: only fields are allowed that are known to use nothing of the operator itself",
    ]);
  });

  it("name all fields that a store may not have", () => {
    const auth = { tokenSecretRef: { name: "mine", key: "key" }, iam: { vaultRole: "mine" } };
    assert.equal(
      refusalsOf("SecretStore", { vault: { server: "https://vault.tenant.example", later: {}, auth } })[0],
      "a store may not have vault.later, vault.auth.iam: only fields are allowed that are known to use nothing of the operator itself",
    );
  });

  it("refuse no provider, two, and any that is not in use", () => {
    const said = "this provider is not in use in the cluster: allowed are aws, azurekv, gcpsm, vault";
    const token = ownStores["vault: a token"] ?? assert.fail();
    const key = ownStores["aws: an access key"] ?? assert.fail();
    for (const provider of [{}, { ...token, ...key }, { later: {} }, { webhook: { url: "https://tenant.example" } }]) {
      assert.deepEqual(refusalsOf("SecretStore", provider), [said]);
    }
  });
});
