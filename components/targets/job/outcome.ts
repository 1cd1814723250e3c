import type { V1Job, V1Pod } from "@kubernetes/client-node";

/** How far a Job is. */
export type Outcome =
  | { readonly kind: "running" }
  | { readonly kind: "complete" }
  /** Reason of its condition: `BackoffLimitExceeded`, `DeadlineExceeded`, … */
  | { readonly kind: "failed"; readonly reason: string };

export function outcomeOf({ status }: Pick<V1Job, "status">): Outcome {
  const held = (status?.conditions ?? []).filter((condition) => condition.status === "True");
  if (held.some(({ type }) => type === "Complete")) return { kind: "complete" };
  const failed = held.find(({ type }) => type === "Failed");
  return failed === undefined ? { kind: "running" } : { kind: "failed", reason: failed.reason ?? "failed" };
}

/**
 * What the newest of a Job's Pods says about itself: its status, and nothing that the command wrote, which may hold a value (its log, and
 * the message of a container that ended). `undefined` where nothing is wrong with it. Pure.
 */
export function podProblem(pods: readonly V1Pod[]): string | undefined {
  const [newest] = [...pods].sort((one, other) => timeOf(other) - timeOf(one));
  const [container] = newest?.status?.containerStatuses ?? [];
  const { terminated, waiting } = container?.state ?? {};
  if (terminated !== undefined && terminated.exitCode !== 0) {
    const how = terminated.reason === undefined || terminated.reason === "Error" ? "" : ` (${terminated.reason})`;
    return `its command ended with ${terminated.exitCode}${how}`;
  }
  if (waiting?.reason !== undefined && waiting.reason !== "ContainerCreating") {
    return `its container does not start: ${waiting.reason}`;
  }
  const unscheduled = newest?.status?.conditions?.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  if (unscheduled !== undefined)
    return `its Pod has no node: ${unscheduled.message ?? unscheduled.reason ?? "unknown"}`;
  return newest?.status?.reason === undefined ? undefined : `its Pod ended: ${newest.status.reason}`;
}

function timeOf({ metadata }: V1Pod): number {
  const { creationTimestamp } = metadata ?? {};
  return creationTimestamp === undefined ? 0 : new Date(creationTimestamp).getTime();
}
