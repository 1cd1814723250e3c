import { execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { connection } from "../platform.ts";
import type { StackOptions } from "../stacks.ts";

export interface UpChild {
  readonly pid: number;
  /** Resolves with what the process printed when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

/** Starts `pulumi up` of a stack in a process of its own. */
export function startUp(options: StackOptions): UpChild {
  const script = path.join(import.meta.dirname, "up-child.ts");
  const args = ["--no-warnings", script, connection().root, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
  if (child.pid === undefined) throw new Error("the process could not be started");
  return { pid: child.pid, ended };
}

/**
 * Kills the process and all of its descendants with SIGKILL: the program, the CLI, the plugins. Not by process group, since
 * the engine gives each plugin a group of its own.
 */
export async function killTree({ pid, ended }: UpChild): Promise<number> {
  const pids = [pid, ...descendants(pid)];
  for (const each of pids) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // gone already
    }
  }
  await ended;
  return pids.length;
}

function descendants(root: number): readonly number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): number[] =>
    pairs.flatMap(([pid = 0, ppid = 0]) => (ppid === parent ? [pid, ...childrenOf(pid)] : []));
  return childrenOf(root);
}
