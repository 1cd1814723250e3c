import semver from "semver";
import type { ClusterSpec, ExternalSecretsSpec } from "../../clusters/contract.ts";
import { blank, configPath, setCommand } from "../../support/messages/config-command.ts";
import type { ChartValues } from "./chart-schema.ts";
import { connectionValues, imageValues, mergedValues, variableValues } from "./pods.ts";

/** What differs between environments. */
export interface OperatorSizing {
  /** ExternalSecrets of this stack in the cluster. Default: few. */
  readonly externalSecrets?: number;
  /** Replicas of each of its programs. More than one is the highly available preset: one of them works, the others wait. */
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

/**
 * First chart that can keep its rights out of the role `admin` (`rbac.aggregateToAdmin`): with them the admins of a
 * namespace may create stores and generators.
 */
const adminAggregation = "2.8.0";

/** Client budget towards the API server: about 5 requests a refresh and 8 a first sync, for every worker. */
export const clientQps = 200;

/** What the client may send at once before it is held to that. */
export const clientBurst = 2 * clientQps;

/**
 * Helm values of the release: what the program sets, then image, proxy and certificates, then the values of the chart
 * that facts add. Pure.
 *
 * @param variables of the controller, by name. Default: those that follow from the cluster's facts.
 */
export function releaseValues(
  cluster: ClusterSpec,
  sizing: OperatorSizing,
  variables: Readonly<Record<string, string>> = {},
): ChartValues {
  const { image, values = {}, ...spec } = cluster.externalSecrets;
  const images = image === undefined ? {} : imageValues(image);
  return mergedValues(
    operatorValues(cluster, sizing),
    connectionValues(spec),
    variableValues(variables),
    { ...images, webhook: images, certController: images },
    values,
  );
}

/**
 * Helm values that the program sets. They hold no secret. What is switched off is what this product does not use: each
 * reconciler that is on can be used to read or write secrets by whoever may create its objects.
 */
export function operatorValues(cluster: ClusterSpec, sizing: OperatorSizing) {
  const spec = cluster.externalSecrets;
  const clusterStores = spec.clusterSecretStore !== undefined;
  return {
    installCRDs: true,
    crds: {
      // Uninstalling the chart would otherwise delete the CRDs, with them every ExternalSecret and every owned Secret.
      annotations: { "helm.sh/resource-policy": "keep" },
      createClusterExternalSecret: false,
      createClusterSecretStore: clusterStores,
      createClusterGenerator: false,
      createClusterPushSecret: false,
      createPushSecret: spec.pushSecrets,
    },
    processClusterExternalSecret: false,
    processClusterStore: clusterStores,
    processClusterGenerator: false,
    processClusterPushSecret: false,
    processPushSecret: spec.pushSecrets,
    ...(spec.controllerClass === undefined ? {} : { controllerClass: spec.controllerClass }),
    leaderElect: sizing.replicas > 1,
    concurrent: spec.concurrency,
    extraArgs: { "client-qps": clientQps, "client-burst": clientBurst },
    serviceAccount: { create: true, name: operatorServiceAccount },
    rbac: rights(spec.version),
    ...pods(spec, sizing, programs.controller),
    resources: controllerResources(sizing),
    livenessProbe: { enabled: true },
    // By default the chart leaves it out where the cluster does not serve its kind yet, without a word, and for good: a
    // later run renders nothing new.
    serviceMonitor: { enabled: spec.serviceMonitor, ...(spec.serviceMonitor ? { renderMode: "alwaysRender" } : {}) },
    ...trustedCertificates(cluster),
    webhook: {
      create: spec.webhook,
      ...(spec.webhookPort === undefined ? {} : { port: spec.webhookPort }),
      ...(spec.webhookHostNetwork === true ? { hostNetwork: true } : {}),
      ...pods(spec, sizing, programs.webhook),
      resources: small,
    },
    certController: { create: spec.webhook, ...pods(spec, sizing, programs.certController), resources: small },
  };
}

/** ExternalSecrets that the smallest memory is enough for. */
const fewExternalSecrets = 500;
/**
 * Memory for each thousand beyond that, in MiB: the controller keeps every ExternalSecret and its Secret in a cache. Twice
 * what 5,000 of them took (docs/performance.md#operator): 70 MB without any, at most 349 MB with them.
 */
const memoryPerThousand = 128;

/** Memory of the controller in MiB, which grows with the number of ExternalSecrets. Pure. */
export function controllerMemory(externalSecrets: number): { readonly request: number; readonly limit: number } {
  const more = Math.ceil(Math.max(0, externalSecrets - fewExternalSecrets) / 1000) * memoryPerThousand;
  return { request: 128 + more, limit: 256 + 2 * more };
}

function controllerResources({ externalSecrets = 0 }: OperatorSizing) {
  const { request, limit } = controllerMemory(externalSecrets);
  return { requests: { cpu: "50m", memory: `${request}Mi` }, limits: { memory: `${limit}Mi` } };
}

/** Rights that the chart makes: those of the controller, and none for people. */
function rights(version: string) {
  if (!chartScopesTokenCreation(version)) return { create: false };
  return {
    create: true,
    serviceAccountTokenCreate: false,
    aggregateToView: false,
    aggregateToEdit: false,
    ...(semver.gte(version, adminAggregation) ? { aggregateToAdmin: false } : {}),
  };
}

/** The programs of the chart, as its Pods name themselves (`app.kubernetes.io/name`). */
export const programs = {
  controller: "external-secrets",
  webhook: "external-secrets-webhook",
  certController: "external-secrets-cert-controller",
} as const;

/**
 * Scrape jobs of the chart's ServiceMonitors: a job is called as its Service, unless a ServiceMonitor says otherwise
 * (chart 2.9.0, `templates/servicemonitor.yaml` and the Services beside it).
 */
export const chartJobs = {
  controller: "external-secrets-metrics",
  webhook: "external-secrets-webhook",
  certController: "external-secrets-cert-controller-metrics",
} as const;

/**
 * Port of the webhook's Pods where the facts name none (the chart's `webhook.port`). It is the kubelet's too, which is
 * why clouds let their API servers through to it on every node.
 */
export const defaultWebhookPort = 10_250;

/** How many Pods of a program run, and where: apart from each other, and never all drained at once. */
function pods(spec: ExternalSecretsSpec, { replicas }: OperatorSizing, program: string) {
  const highlyAvailable = replicas > 1;
  const apart = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    // Better together than not at all: a cluster of one zone still gets every replica.
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { "app.kubernetes.io/name": program } },
  }));
  return {
    replicaCount: replicas,
    podDisruptionBudget: { enabled: highlyAvailable, minAvailable: 1 },
    ...(highlyAvailable ? { topologySpreadConstraints: apart } : {}),
    ...(spec.priorityClassName === undefined ? {} : { priorityClassName: spec.priorityClassName }),
  };
}

/** Name of the ConfigMap that OpenShift fills with the certificates it trusts. */
export const trustedCaConfigMap = "external-secrets-trusted-ca";

/** Puts OpenShift's trusted certificates where a Go program looks for them. */
function trustedCertificates(cluster: ClusterSpec) {
  if (!cluster.traits.trustedCaBundle) return {};
  const file = "ca-bundle.crt";
  return {
    extraVolumes: [{ name: "trusted-ca", configMap: { name: trustedCaConfigMap, items: [{ key: file, path: file }] } }],
    extraVolumeMounts: [{ name: "trusted-ca", mountPath: "/etc/trusted-ca", readOnly: true }],
    extraEnv: [{ name: "SSL_CERT_FILE", value: `/etc/trusted-ca/${file}` }],
  };
}

/** Name of the Helm release and of what it makes. A constant: renaming a release would uninstall the old one. */
export const releaseName = "external-secrets";

/** Path of a fact of a cluster's operator. */
function factOf(cluster: string, ...names: readonly string[]): readonly string[] {
  return ["clusters", cluster, "externalSecrets", ...names];
}

/** What lets the operator's Pods start in a cluster, as commands and facts: for whoever explains why they do not. */
export function operatorRemedies(cluster: string) {
  return {
    otherImage: `${setCommand(factOf(cluster, "image", "repository"), blank("registry/path"))} && pulumi up`,
    asks: `${configPath(factOf(cluster, "values"))} (docs/clusters/operator.md#other-chart-values)`,
  };
}

/** What lets a release of the operator be installed in a cluster, besides. */
export function releaseRemedies(cluster: string) {
  return {
    ...operatorRemedies(cluster),
    moreTime: `${setCommand(factOf(cluster, "deadlineSeconds"), 900)} && pulumi up`,
    withoutMonitor: `${setCommand(factOf(cluster, "serviceMonitor"), false)} && pulumi up`,
    leave: `${setCommand(factOf(cluster, "install"), false)} && pulumi up`,
    takeOver: "docs/clusters/operator.md#an-operator-of-others",
  };
}

/** Service account of the controller. Its name is fixed because the Role of each namespace is bound to it. */
export const operatorServiceAccount = "external-secrets";

const small = { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } };
