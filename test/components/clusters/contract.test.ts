import assert from "node:assert/strict";
import type { ClusterFlavour, ClusterSpec, ExternalSecretsSpec } from "../../../components/clusters/contract.ts";
import { clusterFlavours, openCluster } from "../../../components/clusters/index.ts";
import { runProgram } from "../../support/mocks.ts";

const externalSecrets: ExternalSecretsSpec = {
  install: true,
  version: "2.9.0",
  chart: "external-secrets",
  namespace: "external-secrets",
  webhook: true,
  concurrency: 10,
  serviceMonitor: false,
  pushSecrets: false,
};

const base = {
  name: "main",
  kubeconfig: "/etc/kubeconfig",
  context: "admin",
  upsertExistingObjects: false,
  issuer: "https://issuer.example/main",
  externalSecrets,
};
const reaches = { kubeconfig: "/etc/kubeconfig", context: "admin" };

/** A cluster of each flavour, and how its provider reaches it. A new flavour is one row. */
const rows: { readonly [F in ClusterFlavour]: { readonly spec: ClusterSpec; readonly reaches: object } } = {
  kubeconfig: { spec: { flavour: "kubeconfig", ...base }, reaches },
  eks: { spec: { flavour: "eks", ...base, clusterName: "main", identity: "irsa" }, reaches },
  aks: { spec: { flavour: "aks", ...base }, reaches },
  gke: { spec: { flavour: "gke", ...base, project: "acme", location: "europe-west3", clusterName: "main" }, reaches },
  openshift: { spec: { flavour: "openshift", ...base, manager: "helm", trustedCaBundle: false }, reaches },
};

describe("cluster flavours", () => {
  it("are all under contract", () => {
    assert.deepEqual([...clusterFlavours].sort(), Object.keys(rows).sort());
  });
});

for (const [flavour, { spec, reaches }] of Object.entries(rows)) {
  const providerOf = async (cluster: ClusterSpec) => {
    const { resources, result } = await runProgram(() => openCluster(cluster, "acme/test", {}));
    assert.deepEqual(resources.contents, ["pulumi:providers:kubernetes main"]);
    assert.equal(result.spec, cluster);
    return resources.find("pulumi:providers:kubernetes", "main").inputs;
  };

  describe(`cluster of flavour ${flavour}`, () => {
    it("has a provider of its own, which reaches it, applies on the server and never replaces a changed Secret", async () => {
      assert.deepEqual(await providerOf(spec), {
        ...reaches,
        clusterIdentifier: "main",
        enableServerSideApply: "true",
        enableSecretMutable: "true",
      });
    });

    it("takes over existing objects only where it is told to", async () => {
      const inputs = await providerOf({ ...spec, upsertExistingObjects: true });
      // Their fields belong to a manager whose name went with the state: only force takes them.
      const force = { upsertExistingObjects: "true", enablePatchForce: "true" };
      assert.deepEqual(inputs, { ...(await providerOf(spec)), ...force });
    });
  });
}

describe("cluster by kubeconfig", () => {
  it("is what kubectl uses where nothing is said", async () => {
    const spec: ClusterSpec = { flavour: "kubeconfig", name: "main", upsertExistingObjects: false, externalSecrets };
    const { resources } = await runProgram(() => openCluster(spec, "acme/test", {}));
    const { inputs } = resources.find("pulumi:providers:kubernetes", "main");
    assert.deepEqual([inputs["kubeconfig"], "context" in inputs], ["", false]);
  });

  it("is told apart by its identifier", async () => {
    const spec: ClusterSpec = {
      flavour: "kubeconfig",
      name: "main",
      identifier: "datacenter-1",
      upsertExistingObjects: false,
      externalSecrets,
    };
    const { resources } = await runProgram(() => openCluster(spec, "acme/test", {}));
    assert.equal(resources.find("pulumi:providers:kubernetes", "main").inputs["clusterIdentifier"], "datacenter-1");
  });
});
