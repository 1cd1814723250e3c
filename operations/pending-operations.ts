import { z } from "zod";

/** What a run had begun when it was killed, as an exported state has it (pulumi `sdk/go/common/apitype/core.go`, OperationV2). */
export const pendingOperation = z.looseObject({ type: z.string(), resource: z.looseObject({ urn: z.string() }) });
export type PendingOperation = z.output<typeof pendingOperation>;

/**
 * The operations that no later run has finished. The engine keeps a note of each creation that was killed until `pulumi
 * refresh --clear-pending-creates` takes it away, also when the next `up` has created the resource (pulumi
 * `pkg/backend/snapshot.go`): such a note is finished. Pure.
 */
export function unfinished(
  operations: readonly PendingOperation[] | null | undefined,
  resources: readonly { readonly urn: string }[] | null | undefined,
): readonly PendingOperation[] {
  const there = new Set((resources ?? []).map(({ urn }) => urn));
  return (operations ?? []).filter(({ type, resource: { urn } }) => type !== "creating" || !there.has(urn));
}
