import { execa } from "execa";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
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
  return runTool(connection().binaries[tool], args);
}

/** Runs a command as a message prints it, in a shell and for one stack. */
export async function typed(command: string, stack: string): Promise<CliRun> {
  return runTool("sh", ["-c", command], { PULUMI_STACK: stack });
}

/** The configuration of a stack as its file of facts has it, without the project's prefix. */
export async function configured(stack: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path.join(projectFolder(), `Pulumi.${stack}.yaml`), "utf8");
  const { config } = parse(text) as { readonly config: Readonly<Record<string, unknown>> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^.*:/, ""), value]));
}

function projectFolder(): string {
  return path.join(connection().root, "project");
}

async function runTool(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CliRun> {
  const { exitCode, stdout, all } = await execa(file, args, {
    cwd: projectFolder(),
    // The environment of `npm run sandbox -- shell`. The stand-in plugin for Kubernetes finds Helm on PATH.
    env: {
      ...connectionEnvironment(connection()),
      PATH: [layoutOf(connection().root).bin, process.env["PATH"] ?? ""].join(path.delimiter),
      ...environment,
    },
    reject: false,
    all: true,
    timeout: 100_000,
  });
  const output = all ?? "";
  transcripts.push({ title: `${path.basename(file)} ${args.join(" ")}`, text: output });
  return { code: exitCode, stdout: stdout ?? "", output };
}
