/**
 * What external-secrets publishes about the version that our environments install, as far as they use it: names and types
 * of chart values (`values.schema.json` of the chart), and the fields of its kinds (the CRDs). Read on 2026-11-28 and
 * 2026-11-30; another version needs them to be read again. Fields of SecretStores: `crd-fields.ts`.
 */
export const upstream = { version: "2.9.0", read: "2026-11-30" } as const;

/** The chart that the sandbox installs is the newest in a Go module. Helm holds its values to the schema in it. */
export const sandboxChart = "0.20.3";

/** Values of the chart that came after the sandbox's, which may not have them. */
export const sinceSandboxChart: readonly string[] = ["rbac.aggregateToAdmin", "rbac.serviceAccountTokenCreate"];

/** A type of a value, in the words of JSON Schema. */
export type ValueType = "array" | "boolean" | "integer" | "integer|string" | "object" | "string";

/** What each of the chart's three programs has; what lies within an `object` is free. */
const program = {
  array: [
    "extraEnv",
    "extraVolumeMounts",
    "extraVolumes",
    "imagePullSecrets",
    "tolerations",
    "topologySpreadConstraints",
  ],
  boolean: ["hostNetwork", "podDisruptionBudget.enabled"],
  integer: ["replicaCount"],
  "integer|string": ["podDisruptionBudget.minAvailable"],
  object: ["affinity", "extraArgs", "nodeSelector", "podAnnotations", "podLabels", "resources"],
  string: ["image.repository", "image.tag", "priorityClassName"],
} as const;

const controller = {
  boolean: [
    ...["ClusterExternalSecret", "ClusterGenerator", "ClusterPushSecret"].map((kind) => `crds.create${kind}`),
    ...["crds.createClusterSecretStore", "crds.createPushSecret", "installCRDs", "leaderElect"],
    ...["processClusterExternalSecret", "processClusterGenerator", "processClusterPushSecret"],
    ...["processClusterStore", "processPushSecret", "serviceMonitor.enabled"],
    ...["rbac.aggregateToAdmin", "rbac.aggregateToEdit", "rbac.aggregateToView", "rbac.create"],
    ...["rbac.serviceAccountTokenCreate", "serviceAccount.create"],
  ],
  integer: ["concurrent"],
  object: ["crds.annotations", "livenessProbe"],
  string: ["controllerClass", "serviceAccount.name", "serviceMonitor.renderMode"],
} as const;

const others = { boolean: ["create"] } as const;

/** The type of each value by its path. */
export const chartTypes: ReadonlyMap<string, ValueType> = new Map([
  ...rows(program, ""),
  ...rows(controller, ""),
  ...["webhook.", "certController."].flatMap((prefix) => [...rows(program, prefix), ...rows(others, prefix)]),
  ["webhook.port", "integer"] as const,
]);

function rows(
  types: Readonly<Partial<Record<ValueType, readonly string[]>>>,
  prefix: string,
): (readonly [string, ValueType])[] {
  return Object.entries(types).flatMap(([type, names]) =>
    names.map((name) => [prefix + name, type as ValueType] as const),
  );
}

const remote = [
  "conversionStrategy",
  "decodingStrategy",
  "key",
  "metadataPolicy",
  "nullBytePolicy",
  "property",
  "version",
];

/** Fields of an ExternalSecret's `spec`, version `v1`; an element of a list has no index, and `*` is any key of a map. */
export const externalSecretFields: readonly string[] = [
  ...["data.secretKey", ...remote.map((name) => `data.remoteRef.${name}`)],
  ...remote.map((name) => `dataFrom.extract.${name}`),
  ...["kind", "name"].map((name) => `secretStoreRef.${name}`),
  ...["refreshInterval", "refreshPolicy", "target.creationPolicy", "target.deletionPolicy", "target.name"],
  ...["data.*", "engineVersion", "mergePolicy", "metadata.annotations.*", "metadata.labels.*", "type"].map(
    (name) => `target.template.${name}`,
  ),
];

/** Fields of a SecretStore's `spec` beside those of its provider. */
export const secretStoreFields: readonly string[] = [
  ...["controller", "refreshInterval", "retrySettings.maxRetries", "retrySettings.retryInterval"],
];
