import { run, type Session } from "../../cli/frame.ts";
import type { ExitCode } from "../../cli/exit-codes.ts";
import { main } from "../../cli/program.ts";
import type { Outcome } from "./command-line.ts";

/** What work of this process prints and leaves as the exit code, which both end here. */
export async function captured(work: () => Promise<unknown>): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const streams = ["stdout", "stderr"] as const;
  const writes = streams.map((name) => [name, process[name].write.bind(process[name])] as const);
  const exitCode = process.exitCode;
  for (const name of streams) process[name].write = (text) => (written[name] += String(text)) !== "";
  process.exitCode = undefined;
  try {
    await work();
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    for (const [name, write] of writes) process[name].write = write;
    process.exitCode = exitCode;
  }
}

/** Runs work in the frame of a command. */
export function framed(json: boolean, work: (session: Session) => Promise<ExitCode | void> | ExitCode | void) {
  return captured(() => run({ json, root: "." }, async (session) => work(session)));
}

/** Runs a command line in this process, which saves the start of another one. */
export function typed(...words: readonly string[]): Promise<Outcome> {
  return captured(() => main(["node", "secrets", ...words]));
}
