/**
 * Which changes need a new object (pulumi/pulumi-kubernetes, provider/pkg/provider/diff.go). Paths are property names;
 * `*` is any element of a list.
 */

/** What decides about replacement besides the kind. */
export interface MutabilityOptions {
  readonly secretMutable: boolean;
  readonly configMapMutable: boolean;
  /** The object says of itself that it must not change. */
  readonly immutable: boolean;
}

const SELECTOR = ["spec.selector"];
const BINDING = ["roleRef"];
const SECRET = ["type", "stringData", "data"];
const CONFIG_MAP = ["binaryData", "data"];

const CONTAINER = [
  "args",
  "command",
  "env",
  "image",
  "imagePullPolicy",
  "lifecycle",
  "livenessProbe",
  "ports",
  "readinessProbe",
  "resources",
  "securityContext",
  "stdin",
  "stdinOnce",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "tty",
  "volumeDevices",
  "volumeMounts",
  "workingDir",
];

const POD = [
  ...[
    "affinity",
    "automountServiceAccountToken",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "hostAliases",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostname",
    "imagePullSecrets",
    "nodeName",
    "nodeSelector",
    "overhead",
    "preemptionPolicy",
    "priority",
    "priorityClassName",
    "readinessGates",
    "restartPolicy",
    "runtimeClassName",
    "schedulerName",
    "securityContext",
    "serviceAccount",
    "serviceAccountName",
    "shareProcessNamespace",
    "subdomain",
    "terminationGracePeriodSeconds",
    "volumes",
  ].map((field) => `spec.${field}`),
  ...["spec.containers.*", "spec.initContainers.*"].flatMap((prefix) => CONTAINER.map((field) => `${prefix}.${field}`)),
];

const VOLUME_SOURCES = [
  "awsElasticBlockStore",
  "azureDisk",
  "azureFile",
  "cephfs",
  "cinder",
  "csi",
  "fc",
  "flexVolume",
  "flocker",
  "gcePersistentDisk",
  "glusterfs",
  "hostPath",
  "iscsi",
  "local",
  "nfs",
  "photonPersistentDisk",
  "portworxVolume",
  "quobyte",
  "rbd",
  "scaleIO",
  "storageos",
  "vsphereVolume",
].map((source) => `spec.${source}`);

const BY_KIND: Readonly<Record<string, readonly string[]>> = {
  "apps/v1/DaemonSet": SELECTOR,
  "apps/v1/Deployment": SELECTOR,
  "apps/v1/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": BINDING,
  "rbac.authorization.k8s.io/v1/RoleBinding": BINDING,
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolume": VOLUME_SOURCES,
  "v1/PersistentVolumeClaim": [
    "spec.accessModes",
    "spec.selector",
    "spec.storageClassName",
    "spec.volumeName",
    "spec.resources.limits",
    "spec.resources.requests",
    "spec.resources",
    "spec",
  ],
  "v1/Pod": POD,
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Service": ["spec.clusterIP"],
};

/** What says which object it is: another one needs a new resource. Of a patch, nothing else does. */
export const identityPaths: readonly string[] = ["metadata.name", "metadata.namespace"];

/** The paths whose change needs a new object; identity always does. */
export function forceNewPaths(apiVersion: string, kind: string, options: MutabilityOptions): readonly string[] {
  const key = `${apiVersion}/${kind}`;
  const own = (() => {
    if (key === "v1/Secret") return options.secretMutable && !options.immutable ? [] : SECRET;
    if (key === "v1/ConfigMap") return options.configMapMutable && !options.immutable ? [] : CONFIG_MAP;
    return BY_KIND[key] ?? [];
  })();
  return [...identityPaths, ...own];
}
