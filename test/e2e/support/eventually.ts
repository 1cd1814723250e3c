import assert from "node:assert/strict";
import { waitUntil } from "../../../sandbox/support/wait.ts";

/** So long only so that a hang ends with a message and not with mocha's limit; how fast things are, the bench measures. */
const hangMs = 60_000;

/** Waits for what must come about by itself. Fails with `what` when it does not. */
export async function eventually(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  assert.ok(await waitUntil(condition, { timeoutMs: hangMs }), `${what}: not within ${hangMs / 1000} s`);
}
