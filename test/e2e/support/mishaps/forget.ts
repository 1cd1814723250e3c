import assert from "node:assert/strict";
import { cli } from "../cli.ts";
import { recordedUrns, type StackOptions } from "../stacks.ts";

/**
 * Removes a secret from the state, with what depends on it, as docs/operations.md describes. Changes nothing in store or
 * cluster.
 */
export async function forget(options: StackOptions & { readonly stack?: string }, id: string): Promise<void> {
  const old = (await recordedUrns(options)).filter((urn) => urn.includes(`::${id}/`));
  assert.ok(old.length > 0, `the state has nothing of ${id}`);
  for (const urn of old) {
    const args = ["state", "delete", "--target-dependents", "--yes", "--stack", options.stack ?? "sandbox", urn];
    const { output } = await cli("pulumi", args);
    // One of them may have gone as a dependent of another.
    assert.match(output, /Resource deleted|No such resource/i);
  }
}
