import assert from "node:assert/strict";
import type { ExternalSecretsSpec } from "../../../components/clusters/contract.ts";
import { chartScopesTokenCreation, operatorValues } from "../../../components/external-secrets/operator-values.ts";

const spec: ExternalSecretsSpec = {
  install: true,
  version: "2.9.0",
  chart: "external-secrets",
  namespace: "external-secrets",
  webhook: true,
  concurrency: 12,
};

const small = { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } };

describe("Helm values of the operator", () => {
  it("are exactly these for one replica", () => {
    assert.deepEqual(operatorValues(spec, { replicas: 1 }), {
      installCRDs: true,
      crds: {
        annotations: { "helm.sh/resource-policy": "keep" },
        createClusterExternalSecret: false,
        createClusterSecretStore: false,
        createClusterGenerator: false,
        createClusterPushSecret: false,
        createPushSecret: false,
      },
      processClusterExternalSecret: false,
      processClusterStore: false,
      processClusterGenerator: false,
      processClusterPushSecret: false,
      processPushSecret: false,
      replicaCount: 1,
      leaderElect: false,
      podDisruptionBudget: { enabled: false, minAvailable: 1 },
      concurrent: 12,
      extraArgs: { "client-qps": 200, "client-burst": 400 },
      serviceAccount: { create: true, name: "external-secrets" },
      rbac: { create: true, serviceAccountTokenCreate: false, aggregateToView: false, aggregateToEdit: false },
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
      livenessProbe: { enabled: true },
      webhook: { create: true, replicaCount: 1, resources: small },
      certController: { create: true, resources: small },
    });
  });

  it("elect a leader and keep one replica through a drain where there are several", () => {
    const { replicaCount, leaderElect, podDisruptionBudget, webhook } = operatorValues(spec, { replicas: 3 });
    assert.deepEqual(
      { replicaCount, leaderElect, podDisruptionBudget, webhook: webhook.replicaCount },
      { replicaCount: 3, leaderElect: true, podDisruptionBudget: { enabled: true, minAvailable: 1 }, webhook: 3 },
    );
  });

  it("leave the webhook out together with the controller of its certificates", () => {
    const { webhook, certController } = operatorValues({ ...spec, webhook: false }, { replicas: 1 });
    assert.deepEqual([webhook.create, certController.create], [false, false]);
  });

  // The chart's default lets the operator speak for every service account of the cluster.
  for (const [version, scopes] of [
    ["0.20.3", false],
    ["2.4.1", false],
    ["2.4.99", false],
    ["2.5.0", true],
    ["2.9.0", true],
    ["10.0.0", true],
  ] as const) {
    it(`of chart ${version} never let the operator mint tokens for every service account`, () => {
      assert.equal(chartScopesTokenCreation(version), scopes);
      const { rbac } = operatorValues({ ...spec, version }, { replicas: 1 });
      const blanket = rbac.create && !("serviceAccountTokenCreate" in rbac && !rbac.serviceAccountTokenCreate);
      assert.equal(blanket, false);
      assert.equal(rbac.create, scopes);
    });
  }
});
