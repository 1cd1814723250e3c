import { getCancelSignal, getOneMessage, sendMessage } from "execa";
import { readConnection } from "../sandbox/connection.ts";
import type { Catalogue } from "../stacks/environments/catalogue-spec.ts";
import { openBenchStack } from "./open-stack.ts";

/** What a run of one stack is, as the process that measures it sends it. */
export interface StackTask {
  /** Folder of the platform. */
  readonly root: string;
  readonly part: string;
  readonly catalogue: Catalogue;
  readonly committedNamespaces: readonly string[];
  readonly install: boolean;
  readonly command: "preview" | "up" | "destroy";
  /** Whether a change is a failure. */
  readonly expectNoChanges: boolean;
}

/**
 * Runs the program once, as an engine does: in a process of its own, whose memory is that of one run. Started by `stack-process.ts`, it
 * says when the stack is open, waits for a word, and answers how many milliseconds the run took.
 */
const signal = await getCancelSignal();
const { root, command, expectNoChanges, ...rest } = (await getOneMessage()) as unknown as StackTask;
const stack = await openBenchStack({ connection: await readConnection(root), ...rest });
await sendMessage("open");
await getOneMessage();
const started = performance.now();
const quiet = { suppressProgress: true, signal };
if (command === "destroy") await stack.destroy(quiet);
else await stack[command]({ ...quiet, expectNoChanges });
await sendMessage(Math.round(performance.now() - started));
