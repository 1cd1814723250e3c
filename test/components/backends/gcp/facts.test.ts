import assert from "node:assert/strict";
import type { GcpSecretManagerSpec } from "../../../../components/backends/gcp/secret-manager.ts";
import { environment, policy, refusal, refusalOf } from "../../../support/fixtures.ts";

const google = { kind: "gcp-secret-manager", project: "acme-secrets", projectNumber: 123456789012 };
const gke = {
  flavour: "gke",
  project: "acme-clusters",
  projectNumber: "210987654321",
  location: "europe-west3",
  clusterName: "prod-1",
  externalSecrets: { version: "2.9.0" },
};
const elsewhere = { flavour: "kubeconfig", externalSecrets: { version: "2.9.0" } };
const factsOf = (store: object = {}, cluster: object = gke) => ({
  platform: "acme",
  created: "2026-01-31",
  stores: { google: { ...google, ...store } },
  clusters: { main: cluster },
  namespaces: { shop: { cluster: "main", store: "google" } },
});
const specOf = (store: object = {}, cluster: object = gke) =>
  environment({ facts: factsOf(store, cluster) }).stores.get("google") as GcpSecretManagerSpec;

describe("facts of Google's Secret Manager", () => {
  it("are few: the rest has defaults, and the environment's policy says how long a version can be brought back", () => {
    assert.deepEqual(specOf(), {
      kind: "gcp-secret-manager",
      name: "google",
      project: "acme-secrets",
      projectNumber: "123456789012",
      layout: "bundle",
      locations: [],
      topics: [],
      identityProviders: {},
      identityPools: {},
      linkedAccounts: false,
      labels: {},
      versionDestroyDays: policy.recoveryDays,
    });
  });

  it("hold places, keys and a pool as they are written", () => {
    const kmsKeyName = "projects/acme-keys/locations/europe-west3/keyRings/secrets/cryptoKeys/values";
    const locations = [{ location: "europe-west3", kmsKeyName }];
    const main = { id: "readers", issuer: "https://issuer.example/main/", jwks: '{"keys":[{"kid":"1"}]}' };
    const spec = specOf({ locations, identityPools: { main } }, elsewhere);
    assert.deepEqual(spec.locations, locations);
    assert.deepEqual(spec.identityPools, { main });
    assert.equal("kmsKeyName" in spec, false);
  });

  it("tell the number of a cluster's project, with quotation marks or without", () => {
    for (const projectNumber of [210987654321, "210987654321"]) {
      const spec = environment({ facts: factsOf({}, { ...gke, projectNumber }) }).clusters.get("main")?.spec;
      assert.equal(spec?.traits.googlePool?.projectNumber, "210987654321");
    }
  });

  it("are refused with what is allowed", () => {
    const wrong = {
      project: "Acme",
      projectNumber: "acme",
      locations: [{ location: "eu" }],
      topics: ["rotations"],
      identityProviders: { main: "clusters/main" },
      identityPools: { main: { id: "gcp-readers", issuer: "http://issuer.example", jwks: "{}" } },
    };
    assert.equal(
      refusalOf({ facts: factsOf(wrong) }),
      refusal(
        8,
        "  stores.google.project: must be the id of a project",
        "  stores.google.projectNumber: must be the number of a project",
        "  stores.google.locations[0].location: must be a region, such as europe-west3",
        "  stores.google.topics[0]: must be a topic of Pub/Sub (projects/<project>/topics/<topic>)",
        "  stores.google.identityProviders.main: must be a workload identity provider (projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>)",
        '  stores.google.identityPools.main.id: must be 4 to 32 lowercase letters, digits or "-", not beginning with gcp-',
        "  stores.google.identityPools.main.issuer: must be an https URL: clouds trust no issuer without TLS",
        "  stores.google.identityPools.main.jwks: must be a JSON Web Key Set: kubectl get --raw /openid/v1/jwks",
      ),
    );
  });

  it("are checked against the cluster that reads", () => {
    assert.equal(
      refusalOf({ facts: factsOf({}, elsewhere) }),
      refusal(
        1,
        "  stores.google.identityProviders.main: is missing: Google needs a provider that trusts the service accounts of cluster main",
        "    fix: create a pool and a provider (docs/identity/google.md#federation) and name the provider here, or let this program create them: stores.google.identityPools",
      ),
    );
  });

  it("are told once, however many secrets the store gets", () => {
    const message = refusalOf({ facts: factsOf({ labels: { Team: "ml" } }) });
    assert.equal(message.split("Team").length, 2);
  });
});
