import { isDeepStrictEqual } from "node:util";
import type { RemoteStoreKind } from "../../backends/contract.ts";

/** How long reading takes in a healthy store, in seconds: well under one, and the rest is for a machine that is busy. */
const readingTakes = 45;

/**
 * How long rights may take to count that were just given, in seconds. ESO asks less and less often meanwhile (after 164,
 * 328, 655 s at last).
 *
 * - AWS: seconds, for a role to be known everywhere ("Changes that I make are not always immediately visible", IAM guide).
 * - Azure: up to ten minutes for a role assignment ("Troubleshoot Azure RBAC").
 * - Google Cloud: two minutes, potentially seven ("Access change propagation").
 */
const newRightsTake: { readonly [K in RemoteStoreKind]: number } = {
  "aws-parameter-store": 45,
  "aws-secrets-manager": 45,
  "azure-key-vault": 675,
  "gcp-secret-manager": 435,
  "vault-kv": 0,
};

/** How long a changed object may take to be synced again, in seconds. */
const syncTimeout = 30;

/** How long a failure may last, in seconds: it may be of before the update, which mends it. */
const failureGrace = 5;

/** How long a store, or a Secret that is read from it, may take to be Ready. */
export function readyTimeouts(kind: RemoteStoreKind) {
  return { create: duration(readingTakes + newRightsTake[kind]), update: duration(readingTakes), delete: "60s" };
}

/** What is known of an object's `spec`. */
type Spec = Readonly<Record<string, unknown>> | undefined;

/**
 * How long a changed object may take to be synced again, and a failure of it may last, in seconds. What reads something
 * else than before has rights for it that were just given.
 */
export function syncPatience(kind: RemoteStoreKind, before: Spec, now: Spec) {
  const more = isDeepStrictEqual(readsOf(before), readsOf(now)) ? 0 : newRightsTake[kind];
  return { grace: failureGrace + more, timeout: syncTimeout + more };
}

/** What is read, and through which store: another interval, or another target, needs no new rights. */
function readsOf(spec: Spec): readonly unknown[] {
  return [spec?.["secretStoreRef"], spec?.["data"], spec?.["dataFrom"]];
}

function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
