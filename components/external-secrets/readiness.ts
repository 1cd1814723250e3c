import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout } from "node:timers/promises";
import { ErrorHook, log, ResourceHook } from "@pulumi/pulumi";
import { loadClient, type ClusterClient } from "../clusters/client.ts";
import type { ClusterSpec, ClusterTarget } from "../clusters/contract.ts";
import type { RemoteStoreKind } from "../stores/contract.ts";
import { ExpectedError, messageOf } from "../support/errors.ts";
import { apiVersion as storesApiVersion } from "./manifests.ts";
import { explainNotReady, syncState, takeOverAdvice, type ConditionedObject } from "./explain.ts";

/** Makes Pulumi wait until the object says that it is Ready. */
export const waitForReady = { "pulumi.com/waitFor": "condition=Ready" } as const;

/**
 * How long what reads a store for the first time may take. A healthy one takes well under a second; but rights that were
 * just given take some time to count, and ESO asks less and less often (after 164, 328, 655 s at last).
 *
 * - AWS: seconds, for a role to be known everywhere ("Changes that I make are not always immediately visible", IAM guide).
 * - Azure: up to ten minutes for a role assignment ("Troubleshoot Azure RBAC").
 * - Google Cloud: two minutes, potentially seven ("Access change propagation").
 */
const firstRead: { readonly [K in RemoteStoreKind]: string } = {
  "aws-parameter-store": "90s",
  "aws-secrets-manager": "90s",
  "azure-key-vault": "12m",
  "gcp-secret-manager": "8m",
  "vault-kv": "45s",
};

/** How long a store, or a Secret that is read from it, may take to be Ready. */
export function readyTimeouts(kind: RemoteStoreKind) {
  return { create: firstRead[kind], update: "45s", delete: "60s" };
}

/** How long a changed ExternalSecret may take to be synced again, in milliseconds. */
const syncTimeout = 30_000;

/** How long a failure may last, in milliseconds: it may be of before the update, which mends it. */
const failureGrace = 5_000;

/** How often a write is tried again while the operator's webhook starts. */
const webhookRetries = 12;

/**
 * Whether a write failed only since the admission webhook of a fresh operator is not yet reached: its Pods are Ready
 * before its certificate is in every API server (external-secrets#2037).
 */
export function isWebhookStarting(error: string): boolean {
  return (
    /failed calling webhook/.test(error) &&
    /no endpoints available|connection refused|certificate signed by unknown authority|no such host|context deadline exceeded/.test(
      error,
    )
  );
}

/** What makes `pulumi up` wait for stores and Secrets, and say why one is not Ready. Made once per cluster. */
export interface ReadinessHooks {
  /** Logs the reason and the fix when an object did not become Ready. */
  readonly explain: ErrorHook;
  /**
   * Waits until an updated ExternalSecret was synced. Being Ready is not enough there: it still is from before, and a
   * rotated value would be reported as delivered although the operator can't read it any more.
   */
  readonly awaitSync: ResourceHook;
}

/** The hooks of a cluster. Names must be unique within a stack. */
export function readinessHooks({ spec }: ClusterTarget, { webhookPause = 5_000 } = {}): ReadinessHooks {
  // The engine calls a hook from outside of the program's async context, where a program that runs inline (Automation
  // API) would find no engine to log to.
  const inProgram = AsyncLocalStorage.snapshot();
  return {
    explain: new ErrorHook(`explain-not-ready-${spec.name}`, async ({ newInputs, errors }) => {
      if (isWebhookStarting(errors[0] ?? "") && errors.length <= webhookRetries) {
        await setTimeout(webhookPause);
        return true;
      }
      await inProgram(() => logReason(spec, (newInputs ?? {}) as ObjectReference, errors[0] ?? ""));
      return false; // the reason is shown, and the next `up` tries again
    }),
    awaitSync: new ResourceHook(`await-sync-${spec.name}`, ({ newInputs, oldOutputs }) =>
      waitForSync(spec, (newInputs ?? {}) as ObjectReference, oldOutputs as ConditionedObject | undefined),
    ),
  };
}

interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

async function logReason(spec: ClusterSpec, reference: ObjectReference, error: string): Promise<void> {
  try {
    if (/already exists/.test(error)) {
      await log.error(takeOverAdvice(spec.name, reference));
      return;
    }
    const client = await loadClient(spec);
    const object = await read(client, reference);
    // Ready after all: then the failure was another, and the provider has named it.
    if (syncState(object, undefined) === "synced") return;
    await log.error(await explanation(client, reference, object));
  } catch (error) {
    await log.warn(`The reason could not be read from the cluster: ${messageOf(error)}`);
  }
}

async function waitForSync(spec: ClusterSpec, reference: ObjectReference, before?: ConditionedObject): Promise<void> {
  const client = await loadClient(spec);
  const started = performance.now();
  for (;;) {
    const object = await read(client, reference);
    const state = syncState(object, before?.status?.syncedResourceVersion);
    if (state === "synced") return;
    const waited = performance.now() - started;
    if (waited > syncTimeout || (state === "failed" && waited > failureGrace)) {
      throw new ExpectedError(await explanation(client, reference, object));
    }
    await setTimeout(50);
  }
}

async function read(
  client: ClusterClient,
  { apiVersion = storesApiVersion, kind, metadata }: ObjectReference,
): Promise<ConditionedObject> {
  const { name = "", namespace = "" } = metadata ?? {};
  const api = client.library.KubernetesObjectApi.makeApiClient(client.config);
  return api.read({ apiVersion, kind: kind ?? "", metadata: { name, namespace } });
}

async function explanation(
  client: ClusterClient,
  { kind, metadata }: ObjectReference,
  object: ConditionedObject,
): Promise<string> {
  const { name = "", namespace = "" } = metadata ?? {};
  const events = await client.config.makeApiClient(client.library.CoreV1Api).listNamespacedEvent({
    // Events of what is in no namespace are in this one.
    namespace: namespace === "" ? "default" : namespace,
    fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
  });
  return explainNotReady(object, events.items);
}
