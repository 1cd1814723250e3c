import assert from "node:assert/strict";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import { admissionOf } from "../../stacks/admission.ts";
import { environment, facts } from "../support/fixtures.ts";

/** The admission of the one cluster, with these facts of its operator. */
function admission(externalSecrets: object = {}, others: object = {}) {
  const main = { ...facts.clusters.main, externalSecrets: { version: "2.9.0", ...externalSecrets } };
  const spec = environment({ facts: { ...facts, ...others, clusters: { main } } });
  return admissionOf(spec, spec.clusters.get("main") as ClusterSpec);
}

describe("what tenants of a cluster may ask of its operator", () => {
  it("is what its namespaces read", () => {
    assert.deepEqual(admission(), {
      stores: ["vault-kv"],
      clusterStores: false,
      openClusterStores: false,
      pushSecrets: false,
      operatorIdentity: false,
    });
  });

  it("is also what they are to read next, and what other stacks read through it", () => {
    const namespaces = { shop: { ...facts.namespaces.shop, alsoStores: ["later"] } };
    const later = {
      kind: "aws-secrets-manager",
      region: "eu-central-1",
      accountId: "111122223333",
      oidcProviders: { main: "create" },
    };
    const main = { ...facts.clusters.main, issuer: "https://issuer.example" };
    const spec = environment({
      facts: { ...facts, namespaces, stores: { ...facts.stores, later }, clusters: { main } },
    });
    assert.deepEqual(admissionOf(spec, spec.clusters.get("main") as ClusterSpec)?.stores, [
      "aws-secrets-manager",
      "vault-kv",
    ]);
    const shared = admission({ sharedWith: { stores: ["azure-key-vault"], podIdentity: true } });
    assert.deepEqual([shared?.stores, shared?.operatorIdentity], [["azure-key-vault", "vault-kv"], true]);
  });

  it("are shared stores where the cluster has chosen them", () => {
    assert.equal(admission({ clusterSecretStore: {} })?.clusterStores, true);
  });

  it("is everything where the facts say so", () => {
    assert.equal(admission({ admissionPolicy: false }), undefined);
  });
});
