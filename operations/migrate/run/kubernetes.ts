import { setTimeout } from "node:timers/promises";
import type { V1Secret } from "@kubernetes/client-node";
import { causeOf, ifExists, listAll, loadClient } from "../../../components/clusters/client.ts";
import { SecretValue } from "../secret-value.ts";
import { MigrationStopped } from "./context.ts";
import {
  ClusterError,
  type LiveExternalSecret,
  type LiveSecret,
  type MigrationCluster,
  type Place,
} from "./cluster.ts";

const secrets = { apiVersion: "v1", kind: "Secret" } as const;
const externalSecrets = { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret" } as const;

interface Reached {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** A cluster by its kubeconfig. */
export async function kubernetesCluster(spec: Reached): Promise<MigrationCluster> {
  return explained(await answered(`kubeconfig ${spec.kubeconfig ?? "of this machine"}`, () => openCluster(spec)));
}

/** The same, with errors that say what was asked and what the API said. */
function explained(cluster: MigrationCluster): MigrationCluster {
  const asked = (what: string, { namespace, name }: Place) => `${what} ${namespace}/${name}`;
  return {
    secret: (place) => answered(asked("Secret", place), () => cluster.secret(place)),
    externalSecret: (place) => answered(asked("ExternalSecret", place), () => cluster.externalSecret(place)),
    writersOf: (place) => answered(asked("ExternalSecrets for Secret", place), () => cluster.writersOf(place)),
    disown: (place) => answered(asked("Secret", place), () => cluster.disown(place)),
    release: (place) => answered(asked("ExternalSecret", place), () => cluster.release(place)),
    deleteExternalSecret: (place) =>
      answered(asked("ExternalSecret", place), () => cluster.deleteExternalSecret(place)),
    createExternalSecret: (place, manifest) =>
      answered(asked("ExternalSecret", place), () => cluster.createExternalSecret(place, manifest)),
    keepForHelm: (place) => answered(asked("Secret", place), () => cluster.keepForHelm(place)),
  };
}

async function answered<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof MigrationStopped) throw error;
    const fix =
      "check the cluster's facts (kubeconfig, context), that it answers, and what its user may do: kubectl auth can-i --list";
    throw new ClusterError(`${what}: ${causeOf(error)}\n    fix: ${fix}`);
  }
}

async function openCluster(spec: Reached): Promise<MigrationCluster> {
  const client = await loadClient(spec);
  const patchSecret = (place: Place, body: object) =>
    client.ask({ method: "PATCH", at: { ...secrets, ...place }, body });
  return {
    secret: async (place) => {
      const found = await ifExists(client.ask<V1Secret>({ at: { ...secrets, ...place } }));
      return found === undefined ? undefined : liveSecret(found);
    },
    externalSecret: async (place) => {
      const found = await ifExists(client.ask<unknown>({ at: { ...externalSecrets, ...place } }));
      return found === undefined ? undefined : liveExternalSecret(found);
    },
    writersOf: async ({ namespace, name }) => {
      // Where the operator was never installed, there are none.
      const items = (await ifExists(listAll<unknown>(client, { at: { ...externalSecrets, namespace } }))) ?? [];
      return items.map(liveExternalSecret).filter((each) => targetOf(each) === name);
    },
    disown: async (place) => {
      const { metadata } = await client.ask<V1Secret>({ at: { ...secrets, ...place } });
      const owners = (metadata?.ownerReferences ?? []).filter(({ controller }) => controller !== true);
      // The version: an owner that somebody adds meanwhile stays.
      const resourceVersion = metadata?.resourceVersion;
      await patchSecret(place, { metadata: { ownerReferences: owners, ...(resourceVersion && { resourceVersion }) } });
    },
    release: async (place) => {
      const body = { spec: { target: { creationPolicy: "Orphan", deletionPolicy: "Retain" } } };
      const at = { ...externalSecrets, ...place };
      const patched = await client.ask<unknown>({ method: "PATCH", at, body });
      // An operator that works by what it read before would own the Secret again. One that can't read the store never
      // notes this, and changes nothing either.
      const noted = `${generationOf(patched)}-`;
      await until(async () => {
        const found = await ifExists(client.ask<unknown>({ at }));
        return found === undefined || syncedVersionOf(found).startsWith(noted);
      });
    },
    deleteExternalSecret: async (place) => {
      const at = { ...externalSecrets, ...place };
      // Whatever it may still own stays.
      await ifExists(client.ask({ method: "DELETE", at, query: { propagationPolicy: "Orphan" } }));
      const isGone = async () => (await ifExists(client.ask<unknown>({ at }))) === undefined;
      if (await until(isGone)) return;
      throw new MigrationStopped(
        `ExternalSecret ${place.namespace}/${place.name} is being deleted, and something keeps it: a finalizer whose controller does not run.\n` +
          `    fix: see metadata.finalizers: kubectl get externalsecret ${place.name} -n ${place.namespace} -o yaml`,
      );
    },
    createExternalSecret: async ({ namespace }, manifest) => {
      await client.ask({ method: "POST", at: { ...externalSecrets, namespace }, body: manifest });
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
    owners: (metadata.ownerReferences ?? []).map(({ kind, name }) => ({ kind, name })),
    isImmutable: immutable === true,
    isHelms:
      metadata.labels?.["app.kubernetes.io/managed-by"] === "Helm" &&
      metadata.annotations?.["helm.sh/resource-policy"] !== "keep",
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    writers: [...new Set((metadata.managedFields ?? []).flatMap(({ manager }) => manager ?? []))],
  };
}

function liveExternalSecret(object: unknown): LiveExternalSecret {
  const { metadata, spec, status } = object as {
    readonly metadata: {
      readonly name: string;
      readonly labels?: Record<string, string>;
      readonly annotations?: Record<string, string>;
    };
    readonly spec: Readonly<Record<string, unknown>>;
    readonly status?: { readonly conditions?: readonly { type: string; status: string; message?: string }[] };
  };
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    spec,
    isReady: ready?.status === "True",
    message: ready?.message ?? "the operator has not read it yet",
  };
}

/** The Secret that an ExternalSecret writes. */
function targetOf({ name, spec }: LiveExternalSecret): string {
  const { target } = spec as { readonly target?: { readonly name?: string } };
  return target?.name ?? name;
}

/** How long the operator and the cluster get to follow a change. */
const patience = { attempts: 100, pauseMs: 300 } as const;

/** Asks until something is so. Whether it came to be so. */
async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < patience.attempts; attempt += 1) {
    if (await isSo()) return true;
    await setTimeout(patience.pauseMs);
  }
  return false;
}

function generationOf(object: unknown): string {
  const { metadata } = object as { readonly metadata: { readonly generation?: number } };
  return String(metadata.generation ?? "");
}

/** The generation that the operator synced last, and a hash: `2-5f1c…`. */
function syncedVersionOf(object: unknown): string {
  const { status } = object as { readonly status?: { readonly syncedResourceVersion?: string } };
  return status?.syncedResourceVersion ?? "";
}
