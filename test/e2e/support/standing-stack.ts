import { deployedStacks, succeed } from "./stacks.ts";

/**
 * Deploying a stack takes seconds, so files share some of them: such a stack stays up ("stands") from file to file. Only
 * one stack at a time can own the cluster's operator, so at most one stands, and a file that needs the operator for a
 * stack of its own makes room first.
 */
let destroyStanding: (() => Promise<unknown>) | undefined;

/**
 * Destroys the stack that stands, and what a file that failed left deployed: otherwise the operator that it owns would
 * fail every later file too.
 */
export async function makeRoom(): Promise<void> {
  const destroy = destroyStanding;
  destroyStanding = undefined;
  await destroy?.();
  // The last one first: it may read through the operator of an earlier one.
  for (const options of [...deployedStacks.values()].reverse()) await succeed("destroy", options);
}

/** Says that a stack stands from now on, and how it is destroyed. */
export function standUntilRoomIsNeeded(destroy: () => Promise<unknown>): void {
  destroyStanding = destroy;
}
