import type { Stack } from "@pulumi/pulumi/automation/index.js";

interface Checkpoint {
  readonly pending_operations?: readonly unknown[];
}

/**
 * Lets the Kubernetes provider take over objects that exist, as its option `upsertExistingObjects` does, for one run. By
 * force: the killed run set their fields under another manager's name, one that only it knew.
 */
const takeOver = { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true", PULUMI_K8S_ENABLE_PATCH_FORCE: "true" };

/**
 * Prepares a stack whose last run was killed: objects that it had just made are in the cluster and not in the state, and
 * creating them again fails with "already exists" for ever. The engine wrote down what it was about to make; when there
 * is such a note, the next run takes over what it finds, and the note goes.
 */
export async function recoverFromKill(stack: Stack): Promise<void> {
  const state = await stack.exportStack();
  const { pending_operations: pending = [], ...deployment } = state.deployment as Checkpoint;
  if (pending.length === 0) return;
  await stack.importStack({ ...state, deployment });
  stack.workspace.envVars = { ...stack.workspace.envVars, ...takeOver };
}
