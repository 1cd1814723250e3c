import semver from "semver";
import type { ExternalSecretsSpec } from "../clusters/contract.ts";

/** What differs between environments. */
export interface OperatorSizing {
  /** Controller replicas; more than one needs leader election, which is then on. */
  readonly replicas: number;
}

/**
 * Oldest operator without a known advisory (CVE-2026-42876, fixed in 2.4.1; five older ones).
 */
export const versionFloor = "2.4.1";

/** First chart that can leave out the right to mint tokens for every service account (`rbac.serviceAccountTokenCreate`). */
const scopedTokenCreation = "2.5.0";

/** Whether the chart itself can leave the blanket token right out; otherwise we bring the controller's RBAC. */
export function chartScopesTokenCreation(version: string): boolean {
  return semver.gte(version, scopedTokenCreation);
}

/** Client budget towards the API server: about 5 requests a refresh and 8 a first sync, for every worker. */
export const clientQps = 200;

/** What the client may send at once before it is held to that. */
export const clientBurst = 2 * clientQps;

/**
 * Helm values of the operator. They hold no secret. What is switched off is what this product does not use: each
 * reconciler that is on can be used to read or write secrets by whoever may create its objects.
 */
export function operatorValues(spec: ExternalSecretsSpec, sizing: OperatorSizing) {
  const highlyAvailable = sizing.replicas > 1;
  return {
    installCRDs: true,
    crds: {
      // Uninstalling the chart would otherwise delete the CRDs, with them every ExternalSecret and every owned Secret.
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
    replicaCount: sizing.replicas,
    leaderElect: highlyAvailable,
    podDisruptionBudget: { enabled: highlyAvailable, minAvailable: 1 },
    concurrent: spec.concurrency,
    extraArgs: { "client-qps": clientQps, "client-burst": clientBurst },
    serviceAccount: { create: true, name: operatorServiceAccount },
    rbac: chartScopesTokenCreation(spec.version)
      ? { create: true, serviceAccountTokenCreate: false, aggregateToView: false, aggregateToEdit: false }
      : { create: false },
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    livenessProbe: { enabled: true },
    webhook: { create: spec.webhook, replicaCount: sizing.replicas, resources: small },
    certController: { create: spec.webhook, resources: small },
  };
}

/** Service account of the controller, named on purpose: the rights of each namespace are bound to it. */
export const operatorServiceAccount = "external-secrets";

const small = { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } };
