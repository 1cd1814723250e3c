import { execa } from "execa";
import path from "node:path";
import { repositoryRoot } from "../sandbox/layout.ts";
import type { BenchStack } from "./open-stack.ts";
import { programFile } from "./processes.ts";
import type { StackTask } from "./stack-child.ts";

/** How a stack is run. */
export interface StackCommand {
  readonly command: StackTask["command"];
  /** Whether a change is a failure. Default: no. */
  readonly expectNoChanges?: boolean;
  readonly signal: AbortSignal;
  /** Called when the stack is open and its run begins. */
  readonly begins?: () => Promise<unknown>;
}

/** Runs a stack in a process of its own, and answers how many milliseconds the run took. */
export async function runInProcess(
  { connection, part, catalogue, committedNamespaces, install }: BenchStack,
  { command, expectNoChanges = false, signal, begins }: StackCommand,
): Promise<number> {
  const { root } = connection;
  const task: StackTask = { root, part, catalogue, committedNamespaces, install, command, expectNoChanges };
  const child = execa(process.execPath, ["--no-warnings", path.join(repositoryRoot, "bench", programFile)], {
    cwd: repositoryRoot,
    stdin: "ignore",
    ipc: true,
    gracefulCancel: true,
    cancelSignal: signal,
    // An engine that is told to stop finishes what it has begun.
    forceKillAfterDelay: 60_000,
  });
  const run = async () => {
    await child.sendMessage(task);
    await child.getOneMessage();
    await begins?.();
    const answer = child.getOneMessage();
    await child.sendMessage("begin");
    return Number(await answer);
  };
  const [milliseconds] = await Promise.all([run(), child]);
  return milliseconds;
}
