import path from "node:path";
import { execa } from "execa";
import { connectionEnvironment, readConnection } from "../connection.ts";
import { layoutOf, repositoryRoot } from "../layout.ts";
import type { CommandContext } from "./context.ts";

/** Runs a command, or the user's shell, with the platform's tools on PATH. Returns its exit code. */
export async function shell({ root }: CommandContext, command: readonly string[]): Promise<number> {
  const connection = await readConnection(root);
  const [program, ...args] = command.length > 0 ? command : [process.env["SHELL"] ?? "/bin/sh"];
  const result = await execa(program ?? "/bin/sh", args, {
    stdio: "inherit",
    reject: false,
    // Pulumi finds the project by the folder.
    ...(command.length > 0 ? { cwd: repositoryRoot } : {}),
    env: {
      ...connectionEnvironment(connection),
      PATH: [layoutOf(root).bin, process.env["PATH"] ?? ""].join(path.delimiter),
    },
  });
  if (result.exitCode === undefined && result.cause !== undefined) console.error(result.shortMessage);
  return result.exitCode ?? 127;
}
