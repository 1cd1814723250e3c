import { spawn } from "node:child_process";
import path from "node:path";
import { killTree } from "../support/mishaps/child.ts";
import { connection } from "../support/platform.ts";
import { transcripts } from "../support/stacks.ts";
import type { Scene } from "./scene.ts";

export interface KilledRun {
  readonly what: "run" | "rollback";
  /** Step at which it waits, and is killed. */
  readonly at?: RegExp;
  /** Otherwise it is killed when this is so, whatever it does then. */
  readonly when?: () => Promise<boolean>;
}

export interface Ended {
  /** `null`: it was killed. */
  readonly code: number | null;
  readonly output: string;
}

/** Runs a migration in a process of its own, and ends that with SIGKILL, with all that it started. */
export async function runUntilKilled(scene: Scene, { what, at, when }: KilledRun): Promise<Ended> {
  const script = path.join(import.meta.dirname, "run-child.ts");
  const words = [
    "--no-warnings",
    script,
    connection().root,
    scene.folder,
    what,
    ...(at === undefined ? [] : [at.source]),
  ];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  const { pid } = child;
  if (pid === undefined) throw new Error("the process could not be started");
  let output = "";
  let killing: Promise<unknown> | undefined;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
  const kill = () => (killing ??= killTree({ pid, ended }));
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => {
      output += data.toString();
      if (/^waiting$/m.test(output)) void kill();
    });
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (when !== undefined && !isOver && killing === undefined) if (await when()) await kill();
  const result = await ended;
  await killing;
  transcripts.push({ title: `migration that is killed at ${at?.source ?? "a moment"}`, text: result.output });
  return result;
}
