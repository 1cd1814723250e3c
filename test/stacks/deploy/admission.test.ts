import assert from "node:assert/strict";
import { secretStore } from "../../../components/external-secrets/manifests.ts";
import { admissionPolicies } from "../../../components/external-secrets/admission/index.ts";
import { awsProvider } from "../../../components/backends/aws/secret-store.ts";
import { awsReaderRole } from "../../../components/support/naming.ts";
import { required } from "../../../stacks/deploy/required.ts";
import { admissionOf } from "../../../stacks/deploy/admission.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { refusals } from "../../support/admission-cel.ts";
import { catalogue, environment, facts } from "../../support/fixtures.ts";

/** The admission of the one cluster, with these facts of its operator. */
function admission(externalSecrets: object = {}, others: object = {}) {
  const main = { ...facts.clusters.main, externalSecrets: { version: "2.9.0", ...externalSecrets } };
  const spec = environment({ facts: { ...facts, ...others, clusters: { main } } });
  return admissionOf(spec, required(spec.clusters.get("main"), "main"));
}

/** The same of an EKS cluster with Pod Identity, whose namespace reads Parameter Store. */
function podIdentity(externalSecrets: object = {}, namespace = "shop") {
  const parameters = { kind: "aws-parameter-store", region: "eu-central-1", accountId: "111122223333" };
  const main = {
    flavour: "eks",
    clusterName: "main",
    identity: "pod-identity",
    externalSecrets: { version: "2.9.0", ...externalSecrets },
  };
  const deliveries = [{ namespace, secretName: "shop-db", from: ["db"] }];
  const spec = environment({
    facts: {
      ...facts,
      stores: { ...facts.stores, parameters },
      clusters: { main },
      namespaces: { [namespace]: { ...facts.namespaces.shop, store: "parameters" } },
    },
    catalogue: { shop: { ...catalogue["shop"], deliveries } } as Catalogue,
  });
  return admissionOf(spec, required(spec.clusters.get("main"), "main"));
}

describe("what tenants of a cluster may ask of its operator", () => {
  it("is what its namespaces read", () => {
    assert.deepEqual(admission(), {
      providers: ["vault"],
      clusterStores: false,
      openClusterStores: false,
      pushSecrets: false,
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
    assert.deepEqual(admissionOf(spec, required(spec.clusters.get("main"), "main"))?.providers, ["aws", "vault"]);
    const shared = admission({ sharedWith: { stores: ["azure-key-vault"], podIdentity: true } });
    assert.deepEqual(shared?.providers, ["azurekv", "vault"]);
  });

  it("are roles of AWS by Pod Identity, each for the namespace in its name: this stack's", () => {
    assert.deepEqual(podIdentity()?.operatorRoles, {
      beginnings: ["arn:aws:iam::111122223333:role/acme.test.main."],
      cut: {},
      others: false,
    });
  });

  it("are roles that a store may name in their own namespace only", () => {
    const policies = admissionPolicies(podIdentity() ?? assert.fail());
    const scope = { platform: "acme", environment: "test", cluster: "main", store: "parameters" };
    const storeOf = (namespace: string) => {
      const role = `arn:aws:iam::111122223333:role/${awsReaderRole({ ...scope, namespace })}`;
      const provider = awsProvider(
        { kind: "aws-parameter-store", region: "eu-central-1" },
        { kind: "operator", roleArn: role },
      );
      return secretStore({ name: "tenant", namespace: "shop" }, provider);
    };
    assert.deepEqual(refusals(policies, storeOf("shop"), "shop"), []);
    assert.equal(refusals(policies, storeOf("payroll"), "shop").length, 1);
  });

  it("are also the roles whose names are too long for that, one by one", () => {
    const long = "a-namespace-whose-name-is-so-long-that-it-is-cut";
    const roles = podIdentity({}, long)?.operatorRoles;
    const [[role = "", namespace] = []] = Object.entries(roles?.cut ?? {});
    assert.match(role, /^arn:aws:iam::111122223333:role\/acme\.test\.main\.a-namespace-[a-z-]*_[0-9a-f]{10}$/);
    assert.deepEqual([namespace, Object.keys(roles?.cut ?? {}).length], [long, 1]);
  });

  it("are also the role of the shared reader, where there is one", () => {
    assert.equal(podIdentity({ clusterSecretStore: {} })?.operatorRoles?.shared, "external-secrets");
  });

  it("are the roles of other stacks where they use Pod Identity, and then none of this one's", () => {
    const shared = admission({ sharedWith: { stores: ["aws-secrets-manager"], podIdentity: true } });
    assert.deepEqual(shared?.operatorRoles, { beginnings: [], cut: {}, others: true });
    assert.equal(admission()?.operatorRoles, undefined);
  });

  it("are shared stores where the cluster has chosen them", () => {
    assert.equal(admission({ clusterSecretStore: {} })?.clusterStores, true);
  });

  it("are remote names of their own where a namespace has prefixes: those below them, and those of its deliveries", () => {
    const namespaces = { shop: { ...facts.namespaces.shop, remoteKeyPrefixes: ["teams/shop/"] } };
    const spec = admission({}, { namespaces }) ?? assert.fail();
    assert.deepEqual(spec.ownKeys, { shop: { prefixes: ["teams/shop/"], names: ["acme-test/shop/db"] } });
    const reading = (key: string, namespace = "shop") =>
      refusals(
        admissionPolicies(spec),
        {
          apiVersion: "external-secrets.io/v1",
          kind: "ExternalSecret",
          spec: { target: {}, dataFrom: [{ extract: { key } }] },
        },
        namespace,
      );
    assert.deepEqual(reading("acme-test/shop/db"), []);
    assert.deepEqual(reading("teams/shop/anything"), []);
    assert.equal(reading("acme-test/till/api").length, 1);
    assert.deepEqual(reading("acme-test/till/api", "till"), []);
    assert.equal(admission()?.ownKeys, undefined);
  });

  it("is everything where the facts say so", () => {
    assert.equal(admission({ admissionPolicy: false }), undefined);
  });
});
