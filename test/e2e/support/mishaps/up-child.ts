import { readConnection } from "../../../../sandbox/connection.ts";
import { updateStack, withStackLock } from "../../../../sandbox/deploy.ts";
import { sandbox } from "../../../../stacks/environments/sandbox.ts";
import type { StackOptions } from "../stacks.ts";

/**
 * `pulumi up` of a stack in a process of its own, which tests kill or run beside another one. It acquires the platform's
 * lock, as `npm start` does. Arguments: the platform's folder, and the stack's options as JSON.
 */
const [root = "", json = "{}"] = process.argv.slice(2);
const { catalogue, policy, now, stack = "sandbox", ...rest } = JSON.parse(json) as StackOptions;
const connection = await readConnection(root);
const signal = new AbortController().signal;
try {
  await withStackLock(connection, signal, () =>
    updateStack({
      ...rest,
      connection,
      stack,
      program: {
        ...(catalogue === undefined ? {} : { catalogue }),
        ...(now === undefined ? {} : { now: new Date(now) }),
        policies: { [stack]: { ...sandbox, ...policy } },
      },
      signal,
      note: () => undefined,
    }),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
