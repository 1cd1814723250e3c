import { execa } from "execa";
import path from "node:path";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import { layoutOf } from "../../../sandbox/layout.ts";
import { connection } from "./platform.ts";
import { transcripts } from "./stacks.ts";

export interface CliRun {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly output: string;
}

/** Runs one of the platform's command line tools in the project's folder. What it prints is kept for the leak scan. */
export async function cli(tool: "pulumi" | "helm" | "kubectl" | "vault", args: readonly string[]): Promise<CliRun> {
  const { exitCode, stdout, all } = await execa(connection().binaries[tool], args, {
    cwd: path.join(connection().root, "project"),
    // As `npm run sandbox -- shell` sets it up: the stand-in plugin for Kubernetes finds Helm on PATH.
    env: {
      ...connectionEnvironment(connection()),
      PATH: [layoutOf(connection().root).bin, process.env["PATH"] ?? ""].join(path.delimiter),
    },
    reject: false,
    all: true,
    timeout: 100_000,
  });
  const output = all ?? "";
  transcripts.push({ title: `${tool} ${args.join(" ")}`, text: output });
  return { code: exitCode, stdout: stdout ?? "", output };
}
