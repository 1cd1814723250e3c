import assert from "node:assert/strict";
import { plainTraits } from "../../../../components/clusters/flavours/flavour.ts";
import type { ClusterSpec, ExternalSecretsSpec } from "../../../../components/clusters/contract.ts";
import { chartScopesTokenCreation, operatorValues } from "../../../../components/external-secrets/operator/values.ts";

const spec: ExternalSecretsSpec = {
  install: true,
  version: "2.9.0",
  chart: "external-secrets",
  namespace: "external-secrets",
  webhook: true,
  concurrency: 12,
  deadlineSeconds: 300,
  serviceMonitor: false,
  pushSecrets: false,
};
const clusterOf = (changes: Partial<ExternalSecretsSpec> = {}): ClusterSpec => ({
  flavour: "kubeconfig",
  name: "main",
  upsertExistingObjects: false,
  externalSecrets: { ...spec, ...changes },
  traits: plainTraits,
});
const cluster = clusterOf();

const small = { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } };
const single = { replicaCount: 1, podDisruptionBudget: { enabled: false, minAvailable: 1 } };

describe("Helm values of the operator", () => {
  it("have it push secrets only where it is to", () => {
    const { crds, processPushSecret } = operatorValues(clusterOf({ pushSecrets: true }), { replicas: 1 });
    assert.deepEqual([crds.createPushSecret, processPushSecret], [true, true]);
  });

  it("are exactly these for one replica", () => {
    assert.deepEqual(operatorValues(cluster, { replicas: 1 }), {
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
      leaderElect: false,
      concurrent: 12,
      extraArgs: { "client-qps": 200, "client-burst": 400 },
      serviceAccount: { create: true, name: "external-secrets" },
      rbac: {
        create: true,
        serviceAccountTokenCreate: false,
        aggregateToView: false,
        aggregateToEdit: false,
        aggregateToAdmin: false,
      },
      ...single,
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
      livenessProbe: { enabled: true },
      serviceMonitor: { enabled: false },
      webhook: { create: true, ...single, resources: small },
      certController: { create: true, ...single, resources: small },
    });
  });

  it("are highly available with several replicas: a leader, apart from each other, never all drained, for each program", () => {
    const { leaderElect, webhook, certController, ...controller } = operatorValues(cluster, { replicas: 3 });
    assert.equal(leaderElect, true);
    for (const [program, values] of [
      ["external-secrets", controller],
      ["external-secrets-webhook", webhook],
      ["external-secrets-cert-controller", certController],
    ] as const) {
      const { replicaCount, podDisruptionBudget, topologySpreadConstraints } = values;
      assert.deepEqual([replicaCount, podDisruptionBudget], [3, { enabled: true, minAvailable: 1 }]);
      assert.deepEqual(
        topologySpreadConstraints,
        ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
          maxSkew: 1,
          topologyKey,
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: { "app.kubernetes.io/name": program } },
        })),
      );
    }
  });

  it("give every program the priority class that facts name, and none otherwise", () => {
    const named = operatorValues(clusterOf({ priorityClassName: "platform" }), { replicas: 1 });
    assert.deepEqual(
      [named.priorityClassName, named.webhook.priorityClassName, named.certController.priorityClassName],
      ["platform", "platform", "platform"],
    );
    assert.equal("priorityClassName" in operatorValues(cluster, { replicas: 1 }), false);
  });

  it("tell Prometheus to scrape where facts say so", () => {
    const { serviceMonitor } = operatorValues(clusterOf({ serviceMonitor: true }), { replicas: 1 });
    assert.deepEqual(serviceMonitor, { enabled: true, renderMode: "alwaysRender" });
  });

  it("know ClusterSecretStores only where facts choose them", () => {
    const { crds, processClusterStore } = operatorValues(clusterOf({ clusterSecretStore: { conditions: true } }), {
      replicas: 1,
    });
    assert.deepEqual([crds.createClusterSecretStore, processClusterStore], [true, true]);
  });

  it("leave the webhook out together with the controller of its certificates", () => {
    const { webhook, certController } = operatorValues(clusterOf({ webhook: false }), { replicas: 1 });
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
      const { rbac } = operatorValues(clusterOf({ version }), { replicas: 1 });
      const blanket = rbac.create && !("serviceAccountTokenCreate" in rbac && !rbac.serviceAccountTokenCreate);
      assert.equal(blanket, false);
      assert.equal(rbac.create, scopes);
    });
  }

  // Its values are closed by a schema: a chart may not be given one that it does not know.
  for (const [version, aggregated] of [
    ["2.4.1", undefined],
    ["2.5.0", undefined],
    ["2.7.9", undefined],
    ["2.8.0", false],
    ["2.9.0", false],
    ["10.0.0", false],
  ] as const) {
    it(`of chart ${version} give the admins of namespaces no right to its objects as far as it can be told`, () => {
      const { rbac } = operatorValues(clusterOf({ version }), { replicas: 1 });
      assert.equal("aggregateToAdmin" in rbac ? rbac.aggregateToAdmin : undefined, aggregated);
    });
  }
});
