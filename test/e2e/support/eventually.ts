import assert from "node:assert/strict";
import { waitUntil } from "../../../sandbox/support/wait.ts";

/** Ends a hang with a message, before mocha's limit does. No measure of speed: bench/ has those. */
const hangMs = 60_000;

/** Waits for a condition that must become true by itself. Fails with `what` when it does not. */
export async function eventually(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  assert.ok(await waitUntil(condition, { timeoutMs: hangMs }), `${what}: not within ${hangMs / 1000} s`);
}
