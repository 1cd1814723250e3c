import { isDeepStrictEqual } from "node:util";
import { backends, type RemoteStoreKind } from "../../backends/index.ts";

/** How long reading may take in a healthy store, in seconds: it takes well under one, the rest allows for a busy machine. */
const readingTakes = 45;

/** How long a changed object may take to be synced again, in seconds. */
const syncTimeout = 30;

/** How long a failure may last, in seconds: it may be of before the update, which mends it. */
const failureGrace = 5;

/** How long a store, or a Secret that is read from it, may take to be Ready. */
export function readyTimeouts(kind: RemoteStoreKind) {
  return {
    create: duration(readingTakes + backends[kind].newRightsSeconds),
    update: duration(readingTakes),
    delete: "60s",
  };
}

/** What is known of an object's `spec`. */
type Spec = Readonly<Record<string, unknown>> | undefined;

/**
 * How long a changed object may take to be synced again, and a failure of it may last, in seconds. What reads something
 * else than before has rights for it that were just given.
 */
export function syncPatience(kind: RemoteStoreKind, before: Spec, now: Spec) {
  const more = isDeepStrictEqual(readsOf(before), readsOf(now)) ? 0 : backends[kind].newRightsSeconds;
  return { grace: failureGrace + more, timeout: syncTimeout + more };
}

/** What is read, and through which store: another interval, or another target, needs no new rights. */
function readsOf(spec: Spec): readonly unknown[] {
  return [spec?.["secretStoreRef"], spec?.["data"], spec?.["dataFrom"]];
}

function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
