import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { StackOptions } from "../stacks.ts";
import { killTree, startUp } from "./child.ts";
import type { FaultProxy } from "./fault-proxy.ts";

/** A run that is killed at its first write to the store, which does not reach it: targets have been told by then. */
export async function killedAtWrite(proxy: FaultProxy, options: StackOptions): Promise<void> {
  const killing = Promise.withResolvers<void>();
  let isHeld = false;
  proxy.onWrite(() => {
    isHeld = true;
    return { kind: "hold", until: killing.promise };
  });
  const child = startUp(options);
  let over = false;
  void child.ended.then(() => (over = true));
  while (!over && !isHeld) await sleep(5);
  if (!isHeld) assert.fail((await child.ended).output);
  await killTree(child);
  proxy.onWrite(() => undefined);
  killing.resolve();
}
