import assert from "node:assert/strict";
import { admissionPolicies } from "../../../../components/external-secrets/admission/index.ts";
import { refusals } from "../../../support/admission-cel.ts";

const said = "a generator that asks others is a provider that is not in use here: allowed are Password, UUID";
const policies = admissionPolicies({
  providers: ["vault"],
  clusterStores: false,
  openClusterStores: false,
  pushSecrets: true,
});
const refusalsOf = (kind: string, spec: object) =>
  refusals(policies, { apiVersion: "generators.external-secrets.io/v1alpha1", kind, spec });

describe("admission policies: generators", () => {
  for (const kind of ["Password", "UUID"]) {
    it(`admit ${kind}, and its state`, () => {
      assert.deepEqual(refusalsOf(kind, {}), []);
      assert.deepEqual(refusalsOf("GeneratorState", { resource: { kind, spec: {} } }), []);
    });
  }

  // Those of 2.9.0 that can log in as the operator, or ask any address; and whatever comes.
  for (const kind of [
    "ACRAccessToken",
    "CloudsmithAccessToken",
    "ClusterGenerator",
    "ECRAuthorizationToken",
    "Fake",
    "GCRAccessToken",
    "GithubAccessToken",
    "Grafana",
    "MFA",
    "QuayAccessToken",
    "SSHKey",
    "STSSessionToken",
    "VaultDynamicSecret",
    "Webhook",
    "Later",
  ]) {
    it(`refuse ${kind}, and its state`, () => {
      assert.deepEqual(refusalsOf(kind, {}), [said]);
      assert.deepEqual(refusalsOf("GeneratorState", { resource: { kind, spec: {} } }), [said]);
    });
  }

  it("refuse a Vault generator that would log in as the operator, like any other", () => {
    const auth = { kubernetes: { mountPath: "kubernetes", role: "mine" } };
    const provider = { server: "https://vault.tenant.example", auth };
    assert.deepEqual(refusalsOf("VaultDynamicSecret", { path: "database/creds/mine", provider }), [said]);
  });

  it("refuse a state of nothing", () => {
    assert.deepEqual(refusalsOf("GeneratorState", {}), [said]);
  });
});
