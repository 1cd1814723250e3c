import assert from "node:assert/strict";
import { TargetError } from "../../components/targets/kind.ts";

/** What a target says that does not take a value, or would not. */
export async function refusal(telling: Promise<void>) {
  try {
    await telling;
  } catch (error) {
    if (error instanceof TargetError) return { problem: error.message, fix: error.fix, isTold: error.isTold };
    throw error;
  }
  return assert.fail("it was told");
}
