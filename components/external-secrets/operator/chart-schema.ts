import { z } from "zod";
import { isRecord } from "../../support/is-record.ts";

/**
 * Values of the chart that facts may set (`externalSecrets.values`), and those that the program sets itself.
 *
 * Names and types follow `values.schema.json` of chart 2.9.0 (read 2026-11-28). That schema admits any other name, which
 * the chart then ignores, so a misspelt one is refused here. Values are allowed, not forbidden: one that a later chart
 * adds could turn on what the program keeps off.
 */

const object = z.record(z.string(), z.unknown());
const list = z.array(z.unknown());

/** Names of environment variables that follow from facts of their own. */
const ownVariables: Readonly<Record<string, string>> = {
  HTTP_PROXY: "externalSecrets.proxy",
  HTTPS_PROXY: "externalSecrets.proxy",
  NO_PROXY: "externalSecrets.proxy",
  SSL_CERT_FILE: "externalSecrets.caBundle",
  SSL_CERT_DIR: "externalSecrets.caBundle",
  AWS_SECRETSMANAGER_ENDPOINT: "clusterEndpoints of the store",
  AWS_SSM_ENDPOINT: "clusterEndpoints of the store",
  AWS_STS_ENDPOINT: "clusterEndpoints of the store",
  AWS_USE_FIPS_ENDPOINT: "fips of the store",
};

const variables = z.array(z.looseObject({ name: z.string().min(1) })).superRefine((entries, context) => {
  for (const [index, { name }] of entries.entries()) {
    const fact = Object.hasOwn(ownVariables, name.toUpperCase()) ? ownVariables[name.toUpperCase()] : undefined;
    if (fact === undefined) continue;
    const message = `must not set ${name}: use the fact ${fact}`;
    context.addIssue({ code: "custom", path: [index, "name"], message });
  }
});

/** Arguments that other values and facts stand for, or that turn reconcilers on. */
const ownArguments = /^(?:client-(?:qps|burst)|concurrent|namespace|controller-class|enable-.*|unsafe-.*)$/;

const extraArguments = z.record(z.string(), z.unknown()).superRefine((entries, context) => {
  for (const name of Object.keys(entries).filter((each) => ownArguments.test(each))) {
    context.addIssue({ code: "custom", path: [name], message: "must be left out: this program sets this argument" });
  }
});

/** What each of the three programs has. */
const program = {
  affinity: object,
  deploymentAnnotations: object,
  extraArgs: extraArguments,
  extraContainers: list,
  extraEnv: variables,
  extraInitContainers: list,
  extraVolumeMounts: list,
  extraVolumes: list,
  hostAliases: list,
  hostUsers: z.boolean().nullable(),
  livenessProbe: object,
  log: z.strictObject({ level: z.string(), timeEncoding: z.string() }).partial(),
  metrics: object,
  nodeSelector: object,
  podAnnotations: object,
  podLabels: object,
  podSecurityContext: object,
  readinessProbe: object,
  resources: object,
  revisionHistoryLimit: z.int().min(0),
  runtimeClassName: z.string(),
  schedulerName: z.string(),
  securityContext: object,
  strategy: object,
  tolerations: list,
  topologySpreadConstraints: list,
};

const image = z.strictObject({ flavour: z.string(), pullPolicy: z.string(), tag: z.string() }).partial();

const passedThrough = z
  .strictObject({
    ...program,
    commonLabels: object,
    dnsConfig: object,
    dnsPolicy: z.string(),
    enableHTTP2: z.boolean(),
    extendedMetricLabels: z.boolean(),
    global: z
      .strictObject({
        affinity: object,
        hostAliases: list,
        nodeSelector: object,
        podAnnotations: object,
        podLabels: object,
        tolerations: list,
        topologySpreadConstraints: list,
      })
      .partial(),
    grafanaDashboard: object,
    image,
    leaderElectionLeaseDuration: z.string(),
    leaderElectionRenewDeadline: z.string(),
    leaderElectionRetryPeriod: z.string(),
    openshiftFinalizers: z.boolean(),
    service: object,
    serviceMonitor: z
      .strictObject({
        additionalLabels: object,
        honorLabels: z.boolean(),
        interval: z.string(),
        metricRelabelings: list,
        namespace: z.string(),
        relabelings: list,
        renderMode: z.string(),
        scrapeTimeout: z.string(),
      })
      .partial(),
    storeRequeueInterval: z.string(),
    vault: z.strictObject({ enableTokenCache: z.boolean(), tokenCacheSize: z.int().min(0) }).partial(),
    webhook: z
      .strictObject({
        ...program,
        annotations: object,
        certCheckInterval: z.string(),
        failurePolicy: z.enum(["Fail", "Ignore"]),
        image,
        lookaheadInterval: z.string(),
        secretAnnotations: object,
        service: object,
        startupProbe: object,
      })
      .partial(),
    certController: z
      .strictObject({
        ...program,
        enablePartialCache: z.boolean(),
        image,
        requeueInterval: z.string(),
        startupProbe: object,
      })
      .partial(),
  })
  .partial();

/** Values that the program sets, by their path, and what to use instead; `undefined` where there is no other way. */
const ownedValues: Readonly<Record<string, string | undefined>> = {
  "bitwarden-sdk-server": undefined,
  concurrent: "the fact externalSecrets.concurrency",
  controllerClass: "the fact externalSecrets.controllerClass",
  crds: undefined,
  createOperator: "the fact externalSecrets.install",
  extraObjects: "a stack of your own, which makes these objects",
  fullnameOverride: undefined,
  genericTargets: undefined,
  hostNetwork: "the fact externalSecrets.webhookHostNetwork: only the webhook is called from outside the Pods' network",
  imagePullSecrets: "the fact externalSecrets.image.pullSecrets",
  installCRDs: undefined,
  leaderElect: "operatorReplicas in the environment's policy",
  leaderElectionID: undefined,
  nameOverride: undefined,
  namespaceOverride: "the fact externalSecrets.namespace",
  networkPolicy: "the fact externalSecrets.networkPolicy",
  podDisruptionBudget: "operatorReplicas in the environment's policy",
  podSpecExtra: undefined,
  priorityClassName: "the fact externalSecrets.priorityClassName",
  processClusterExternalSecret: undefined,
  processClusterGenerator: undefined,
  processClusterPushSecret: undefined,
  processClusterStore: "the fact externalSecrets.clusterSecretStore",
  processPushSecret: "the fact externalSecrets.pushSecrets",
  processSecretStore: undefined,
  rbac: undefined,
  replicaCount: "operatorReplicas in the environment's policy",
  scopedNamespace: undefined,
  scopedRBAC: undefined,
  serviceAccount: undefined,
  systemAuthDelegator: undefined,
  "global.imagePullSecrets": "the fact externalSecrets.image.pullSecrets",
  "global.repository": "the fact externalSecrets.image.repository",
  "image.repository": "the fact externalSecrets.image.repository",
  "serviceMonitor.enabled": "the fact externalSecrets.serviceMonitor",
  ...ownedOf("webhook", { create: "the fact externalSecrets.webhook", port: "the fact externalSecrets.webhookPort" }),
  "webhook.certDir": undefined,
  "webhook.certManager": undefined,
  ...ownedOf("certController", { create: "the fact externalSecrets.webhook" }),
};

function ownedOf(of: "webhook" | "certController", own: Readonly<Record<string, string>>) {
  const shared = {
    hostNetwork: of === "webhook" ? "the fact externalSecrets.webhookHostNetwork" : undefined,
    "image.repository": "the fact externalSecrets.image.repository",
    imagePullSecrets: "the fact externalSecrets.image.pullSecrets",
    networkPolicy: "the fact externalSecrets.networkPolicy",
    podDisruptionBudget: "operatorReplicas in the environment's policy",
    priorityClassName: "the fact externalSecrets.priorityClassName",
    rbac: undefined,
    replicaCount: "operatorReplicas in the environment's policy",
    serviceAccount: undefined,
    ...own,
  };
  return Object.fromEntries(Object.entries(shared).map(([name, instead]) => [`${of}.${name}`, instead] as const));
}

/** Values of the chart, as Helm takes them. */
export type ChartValues = Readonly<Record<string, unknown>>;

/** Schema of the fact `externalSecrets.values`. */
export const chartValues = z.record(z.string(), z.unknown()).superRefine((values, context) => {
  const owned = pathsIn(values, 3).filter((path) => Object.hasOwn(ownedValues, path.join(".")));
  for (const path of owned) {
    const instead = ownedValues[path.join(".")];
    const message = `must be left out: this program sets it${instead === undefined ? "" : `; use ${instead}`}`;
    context.addIssue({ code: "custom", path: [...path], message });
  }
  const others = passedThrough.safeParse(without(values, owned));
  for (const issue of others.error?.issues ?? []) context.addIssue({ ...issue });
});

/** A copy without what lies at these paths. */
function without(values: ChartValues, paths: readonly (readonly string[])[]): ChartValues {
  const left = Object.entries(values).filter(([key]) => !paths.some((path) => path.length === 1 && path[0] === key));
  return Object.fromEntries(
    left.map(([key, value]) => {
      const below = paths.filter((path) => path.length > 1 && path[0] === key).map((path) => path.slice(1));
      return [key, below.length === 0 ? value : without(value as ChartValues, below)];
    }),
  );
}

function pathsIn(value: unknown, depth: number): readonly (readonly string[])[] {
  if (depth === 0 || !isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    [key],
    ...pathsIn(each, depth - 1).map((below) => [key, ...below]),
  ]);
}
