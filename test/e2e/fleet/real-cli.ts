import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import { pulumiWithHost, startLanguageHost } from "../../../sandbox/engine/language-host.ts";
import { layoutOf, repositoryRoot } from "../../../sandbox/layout.ts";
import { connection } from "../support/platform.ts";
import { transcripts } from "../support/stacks.ts";

export interface Typed {
  readonly code: number | null;
  readonly stdout: string;
  readonly output: string;
}

export interface RealCli {
  /** Runs a command in a shell; `npx` and `pulumi` are those that people have. */
  readonly type: (command: string, environment?: Readonly<Record<string, string>>) => Promise<Typed>;
  readonly stop: () => Promise<void>;
}

/**
 * `npx` as people have it, and the real `pulumi`, which runs the program as Pulumi's language host for Node does
 * (`language-host.ts`): `--client` says where that is.
 */
export async function openRealCli(project: string): Promise<RealCli> {
  const host = await startLanguageHost();
  const folder = await mkdtemp(path.join(tmpdir(), "fleet-"));
  const bin = path.join(folder, "bin");
  await mkdir(bin);
  const scripts = {
    npx: `#!/bin/sh\nshift\nexec ${process.execPath} ${path.join(repositoryRoot, "cli/secrets.js")} "$@" --root ${project}\n`,
    pulumi: pulumiWithHost(connection().binaries.pulumi, host),
  };
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(path.join(bin, name), text);
    await chmod(path.join(bin, name), 0o755);
  }
  return {
    type: (command, environment = {}) => {
      const child = spawn("sh", ["-c", command], {
        cwd: project,
        env: {
          ...process.env,
          ...connectionEnvironment(connection()),
          PULUMI_STANDIN_HELM: connection().binaries.helm,
          ...environment,
          PATH: [bin, layoutOf(connection().root).bin, process.env["PATH"] ?? ""].join(path.delimiter),
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let [stdout, output] = ["", ""];
      child.stdout.on("data", (data: Buffer) => {
        stdout += data.toString();
        output += data.toString();
      });
      child.stderr.on("data", (data: Buffer) => (output += data.toString()));
      return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => {
          transcripts.push({ title: command, text: output });
          resolve({ code, stdout, output });
        });
      });
    },
    stop: async () => {
      host.stop();
      await rm(folder, { recursive: true });
    },
  };
}
