import type { V1Secret } from "@kubernetes/client-node";
import { loadClient, type ClusterClient } from "../../../components/clusters/client.ts";
import { isRecord } from "../../../components/support/is-record.ts";
import { SecretValue } from "../secret-value.ts";
import type { LiveExternalSecret, LiveSecret, MigrationCluster, Place } from "./cluster.ts";

const group = "external-secrets.io";
const version = "v1";
const plural = "externalsecrets";

/** A cluster by its kubeconfig. */
export async function kubernetesCluster(spec: {
  readonly kubeconfig?: string;
  readonly context?: string;
}): Promise<MigrationCluster> {
  const { library, config }: ClusterClient = await loadClient(spec);
  const core = config.makeApiClient(library.CoreV1Api);
  const custom = config.makeApiClient(library.CustomObjectsApi);
  const merge = library.setHeaderOptions("Content-Type", library.PatchStrategy.MergePatch);
  const patchSecret = (place: Place, body: object) => core.patchNamespacedSecret({ ...place, body }, merge);
  return {
    secret: async (place) => {
      const found = await ifExists(core.readNamespacedSecret(place));
      return found === undefined ? undefined : liveSecret(found);
    },
    externalSecret: async (place) => {
      const found: unknown = await ifExists(custom.getNamespacedCustomObject({ group, version, plural, ...place }));
      return found === undefined ? undefined : liveExternalSecret(found);
    },
    disown: async (place) => {
      const { metadata } = await core.readNamespacedSecret(place);
      const owners = (metadata?.ownerReferences ?? []).filter(({ controller }) => controller !== true);
      // The version: an owner that somebody adds meanwhile stays.
      const resourceVersion = metadata?.resourceVersion;
      await patchSecret(place, { metadata: { ownerReferences: owners, ...(resourceVersion && { resourceVersion }) } });
    },
    release: async (place) => {
      const body = { spec: { target: { creationPolicy: "Orphan", deletionPolicy: "Retain" } } };
      await custom.patchNamespacedCustomObject({ group, version, plural, ...place, body }, merge);
    },
    deleteExternalSecret: async (place) => {
      await ifExists(custom.deleteNamespacedCustomObject({ group, version, plural, ...place }));
    },
    createExternalSecret: async ({ namespace }, manifest) => {
      await custom.createNamespacedCustomObject({ group, version, plural, namespace, body: manifest });
    },
    keepForHelm: async (place) => {
      await patchSecret(place, { metadata: { annotations: { "helm.sh/resource-policy": "keep" } } });
    },
  };
}

function liveSecret({ data = {}, metadata = {}, immutable }: V1Secret): LiveSecret {
  const controller = metadata.ownerReferences?.find((owner) => owner.controller === true);
  const values = Object.entries(data).flatMap(([key, value]) => {
    const read = SecretValue.ofBytes(Buffer.from(value, "base64"));
    return read === undefined ? [] : [[key, read] as const];
  });
  return {
    values: new Map(values),
    ...(controller === undefined ? {} : { controller: { kind: controller.kind, name: controller.name } }),
    isImmutable: immutable === true,
    isHelms:
      metadata.labels?.["app.kubernetes.io/managed-by"] === "Helm" &&
      metadata.annotations?.["helm.sh/resource-policy"] !== "keep",
    writers: [...new Set((metadata.managedFields ?? []).flatMap(({ manager }) => manager ?? []))],
  };
}

function liveExternalSecret(object: unknown): LiveExternalSecret {
  const { metadata, spec, status } = object as {
    readonly metadata: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
    readonly spec: Readonly<Record<string, unknown>>;
    readonly status?: { readonly conditions?: readonly { type: string; status: string; message?: string }[] };
  };
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return {
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    spec,
    isReady: ready?.status === "True",
    message: ready?.message ?? "the operator has not read it yet",
  };
}

async function ifExists<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isRecord(error) && error["code"] === 404) return undefined;
    throw error;
  }
}
