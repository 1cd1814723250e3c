import { setTimeout as sleep } from "node:timers/promises";
import { ExpectedError } from "../support/messages/errors.ts";
import { shortDigest } from "../support/digest.ts";
import { dnsSubdomain } from "../support/naming.ts";
import { causeOf, ifExists, loadClient, type ClusterClient } from "./client.ts";
import type { ClusterSpec } from "./contract.ts";

/** Kinds of workloads that replace their Pods when their template changes. */
export const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet"] as const;

/** A workload of a namespace. */
export interface Workload {
  readonly kind: (typeof workloadKinds)[number];
  readonly name: string;
}

/** `Deployment/mlflow`: how catalogues and messages name a workload. */
export function workloadText({ kind, name }: Workload): string {
  return `${kind}/${name}`;
}

/** Reads `Deployment/mlflow`; `undefined` where it is something else. */
export function workloadIn(text: string): Workload | undefined {
  const [kind, name = "", ...more] = text.split("/");
  const known = workloadKinds.find((each) => each === kind);
  return known === undefined || !dnsSubdomain.test(name) || more.length > 0 ? undefined : { kind: known, name };
}

/** Longest wait until all Pods are new and available, in milliseconds. */
const patience = 10 * 60 * 1000;

export interface RollOutArgs {
  readonly cluster: Pick<ClusterSpec, "name" | "kubeconfig" | "context">;
  readonly namespace: string;
  readonly workload: Workload;
  /** The Secret that it reads. */
  readonly secretName: string;
  /** Version of the Secret, kept as an annotation of the Pods' template: where it is there already, nothing happens. */
  readonly version: string;
}

/**
 * Makes a workload replace its Pods, and waits until all are new and available. Applied as a patch of a field manager of its own: of
 * the workload it has the one annotation.
 *
 * @returns whether there is such a workload.
 * @throws ExpectedError
 */
export async function rollOut(args: RollOutArgs): Promise<boolean> {
  const { cluster, namespace, workload } = args;
  const client = await loadClient(cluster);
  try {
    const found = await readWorkload(client, args);
    if (found === undefined) return false;
    await annotate(client, args);
    await settled(client, args);
    return true;
  } catch (error) {
    if (error instanceof ExpectedError) throw error;
    throw new ExpectedError(
      `${workloadText(workload)} of namespace ${namespace} in cluster ${cluster.name} could not be restarted: ${causeOf(error)}.\n` +
        `    fix: let the deployer get and patch it, or take it out of restarts; then run pulumi up again`,
    );
  }
}

async function annotate(
  client: ClusterClient,
  { namespace, workload, secretName, version }: RollOutArgs,
): Promise<void> {
  const { annotation, fieldManager } = marksOf(secretName);
  const body = {
    apiVersion: "apps/v1",
    kind: workload.kind,
    metadata: { namespace, name: workload.name },
    spec: { template: { metadata: { annotations: { [annotation]: version } } } },
  };
  const at = { apiVersion: "apps/v1", kind: workload.kind, namespace, name: workload.name };
  await client.ask({ method: "PATCH", at, query: { fieldManager, force: "true" }, body, patch: "apply" });
}

/**
 * The annotation of a Secret's version, and the field manager that has nothing else: with one for several Secrets, each would remove
 * the annotations of the others. Kubernetes allows 63 characters behind the slash.
 */
function marksOf(secretName: string): { readonly annotation: string; readonly fieldManager: string } {
  const short = secretName.length <= 56 ? secretName : `${secretName.slice(0, 45)}-${shortDigest(secretName, 10)}`;
  return { annotation: `multicloud-secrets/secret.${short}`, fieldManager: `multicloud-secrets/${short}` };
}

async function settled(client: ClusterClient, args: RollOutArgs): Promise<void> {
  const { cluster, namespace, workload } = args;
  for (let waited = 0; ; waited += 500) {
    const found = await readWorkload(client, args);
    if (found === undefined || isRolledOut(workload.kind, found)) return;
    const stuck = (found.status?.conditions ?? []).find(({ reason }) => reason === "ProgressDeadlineExceeded");
    if (stuck !== undefined || waited >= patience) {
      throw new ExpectedError(
        `${workloadText(workload)} of namespace ${namespace} in cluster ${cluster.name} was restarted, and its new Pods are not available: ` +
          `${stuck?.message ?? `waited ${patience / 60_000} minutes`}.\n` +
          `    fix: kubectl -n ${namespace} describe ${workload.kind.toLowerCase()} ${workload.name}; once its Pods start, run pulumi up again`,
      );
    }
    await sleep(500);
  }
}

/** What of a workload says how far it is. */
interface WorkloadObject {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly conditions?: readonly { readonly reason?: string; readonly message?: string }[];
  };
}

function readWorkload(
  client: ClusterClient,
  { namespace, workload: { kind, name } }: RollOutArgs,
): Promise<WorkloadObject | undefined> {
  return ifExists(client.ask<WorkloadObject>({ at: { apiVersion: "apps/v1", kind, namespace, name } }));
}

/** As `kubectl rollout status` decides it (kubectl `pkg/polymorphichelpers/rollout_status.go`). */
export function isRolledOut(kind: Workload["kind"], { metadata, spec, status = {} }: WorkloadObject): boolean {
  if ((status.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return false;
  if (kind === "DaemonSet") {
    const wanted = status.desiredNumberScheduled ?? 0;
    return (status.updatedNumberScheduled ?? 0) >= wanted && (status.numberAvailable ?? 0) >= wanted;
  }
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  return updatedReplicas >= wanted && replicas <= updatedReplicas && availableReplicas >= updatedReplicas;
}
