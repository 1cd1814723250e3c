/**
 * Deploying a stack takes seconds, so files share some of them: such a stack stays up ("stands") from file to file. Only
 * one stack at a time can own the cluster's operator, so at most one stands, and a file that needs the operator for a
 * stack of its own makes room first.
 */
let destroyStanding: (() => Promise<unknown>) | undefined;

/** Destroys the stack that stands; does nothing when none does. */
export async function makeRoom(): Promise<void> {
  await destroyStanding?.();
  destroyStanding = undefined;
}

/** Says that a stack stands from now on, and how it is destroyed. */
export function standUntilRoomIsNeeded(destroy: () => Promise<unknown>): void {
  destroyStanding = destroy;
}
