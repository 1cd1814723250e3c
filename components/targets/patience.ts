import { setTimeout as sleep } from "node:timers/promises";

/** Resolves when something is waited for no longer. Keeps nobody's process alive. */
export function patience(seconds: number): Promise<void> {
  return sleep(1000 * seconds, undefined, { ref: false });
}
