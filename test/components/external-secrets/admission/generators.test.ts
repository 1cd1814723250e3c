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

  describe("that this program makes for a namespace", () => {
    const own = {
      kind: "VaultDynamicSecret",
      namespace: "shop",
      name: "shop.db",
      spec: {
        path: "database/creds/shop",
        allowEmptyResponse: false,
        provider: {
          server: "https://vault.example:8200",
          auth: { kubernetes: { role: "acme.dev.main.shop.database", serviceAccountRef: { audiences: ["vault"] } } },
        },
      },
    };
    const withOwn = admissionPolicies({
      providers: ["vault"],
      clusterStores: false,
      openClusterStores: false,
      pushSecrets: false,
      generators: [own],
    });
    const told = `${said}, and those that the platform makes for credentials of a store`;
    const sent = (changes: object = {}, namespace = "shop") => {
      const { kind, spec, name } = own;
      const apiVersion = "generators.external-secrets.io/v1alpha1";
      return refusals(withOwn, { apiVersion, kind, metadata: { name }, spec, ...changes }, namespace);
    };

    it("are admitted exactly as they are", () => {
      assert.deepEqual(sent(), []);
    });

    for (const [what, changes] of Object.entries({
      "another name": { metadata: { name: "mine" } },
      "another role of the engine": { spec: { ...own.spec, path: "database/creds/admin" } },
      "another server": { spec: { ...own.spec, provider: { ...own.spec.provider, server: "https://tenant.example" } } },
      "a field more": { spec: { ...own.spec, method: "POST" } },
      "another kind": { kind: "Webhook" },
    })) {
      it(`are refused with ${what}`, () => {
        assert.deepEqual(sent(changes), [told]);
      });
    }

    it("are refused in another namespace", () => {
      assert.deepEqual(sent({}, "till"), [told]);
    });

    it("may be referred to in their namespace, by their name", () => {
      const reference = (name: string, namespace: string) =>
        refusals(
          withOwn,
          {
            apiVersion: "external-secrets.io/v1",
            kind: "ExternalSecret",
            spec: { target: {}, dataFrom: [{ sourceRef: { generatorRef: { kind: "VaultDynamicSecret", name } } }] },
          },
          namespace,
        );
      assert.deepEqual(reference("shop.db", "shop"), []);
      assert.deepEqual(reference("mine", "shop"), [told]);
      assert.deepEqual(reference("shop.db", "till"), [told]);
    });
  });

  it("refuse a state of nothing", () => {
    assert.deepEqual(refusalsOf("GeneratorState", {}), [said]);
  });
});
