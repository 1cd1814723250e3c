import { isDeepStrictEqual } from "node:util";
import { isReady, isUnmerged, subjectOf, type ConditionedObject } from "./explain.ts";

/**
 * ExternalSecrets that the operator reads once (`refreshPolicy: CreatedOnce`). It notes no later change of them, so nobody
 * can wait for that (external-secrets v0.20.4, `shouldRefresh`). Pure.
 */

type Spec = Readonly<Record<string, unknown>> | undefined;

export function isReadOnce(spec: Spec): boolean {
  return spec?.["refreshPolicy"] === "CreatedOnce";
}

/** Where the one sync of such an object stands. */
export function firstSyncState(object: ConditionedObject): "synced" | "pending" | "failed" {
  if (isReady(object) && object.status?.syncedResourceVersion !== undefined) return "synced";
  return object.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "False") === true
    ? "failed"
    : "pending";
}

/** What an update of such an object was: before and after it in the cluster, and what it asked for. */
export interface Update {
  readonly before: ConditionedObject | undefined;
  readonly object: ConditionedObject;
  readonly oldSpec: Spec;
  readonly newSpec: Spec;
}

/** Whether an update asked for values, keys or metadata that do not get into the Secret. */
export function isChangeMissed({ before, object, oldSpec, newSpec }: Update): boolean {
  if (before === undefined || isUnmerged(object)) return false;
  if (before.status?.syncedResourceVersion !== object.status?.syncedResourceVersion) return false;
  return versionsOf(before) !== versionsOf(object) || !isDeepStrictEqual(contentOf(oldSpec), contentOf(newSpec));
}

/** Versions of the values in the store, as `ExternalSecretDelivery` writes them. */
function versionsOf({ metadata }: ConditionedObject): string | undefined {
  return metadata?.annotations?.["force-sync"];
}

/** What the Secret is made of. */
function contentOf(spec: Spec): readonly unknown[] {
  return [spec?.["data"], spec?.["dataFrom"], spec?.["target"]];
}

/** The words of `kubectl` that make the operator read once more. */
export function readOnceMore({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `-n ${namespace} patch externalsecret ${name} --subresource=status --type=merge -p '{"status":{"syncedResourceVersion":""}}'`;
}

/** Says that a Secret keeps what it has, and how the operator is made to read once more. */
export function missedAdvice(object: ConditionedObject): string {
  const { name = "", namespace = "" } = object.metadata ?? {};
  return (
    `${subjectOf(object)}: its Secret keeps what it got when it was first synced (refreshPolicy: CreatedOnce). This change did not get into it.\n` +
    `  fix: to have it read once more: kubectl ${readOnceMore({ namespace, name })}`
  );
}
