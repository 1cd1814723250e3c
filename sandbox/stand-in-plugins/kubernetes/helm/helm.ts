import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { JsonMap } from "../../support/values.ts";

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** What the `helm` program refused to do, in its own words. */
export class HelmError extends Error {
  /** There is no release of that name. */
  readonly notFound: boolean;
  constructor(message: string) {
    super(message);
    this.name = "HelmError";
    this.notFound = message.includes("release: not found");
  }
}

/** One call of the program. */
export interface HelmCall {
  readonly args: readonly string[];
  readonly namespace: string;
  readonly values?: JsonMap;
  readonly signal: AbortSignal;
}

/** The `helm` program: the one that the environment names, else the one on PATH. */
export class Helm {
  private readonly kubeConfig: KubeConfig;

  constructor(kubeConfig: KubeConfig) {
    this.kubeConfig = kubeConfig;
  }

  /**
   * Runs a command and answers its output. Credentials and values go through files that only this user can read, in a
   * folder that is gone afterwards: neither a command line nor an environment is private.
   */
  async run({ args, namespace, values, signal }: HelmCall): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "helm-release-"));
    try {
      const kubeconfig = join(folder, "kubeconfig");
      await writeFile(kubeconfig, this.kubeConfig.exportConfig(), { mode: 0o600 });
      const all = [...args, "--namespace", namespace, "--kubeconfig", kubeconfig];
      if (values !== undefined) {
        // JSON is YAML: no writer, no quoting.
        await writeFile(join(folder, "values.yaml"), JSON.stringify(values), { mode: 0o600 });
        all.push("--values", join(folder, "values.yaml"));
      }
      const binary = process.env["PULUMI_STANDIN_HELM"] ?? "helm";
      const { stdout } = await run(binary, all, { maxBuffer: MAX_OUTPUT_BYTES, signal });
      return stdout;
    } catch (error) {
      throw new HelmError(reasonOf(error));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

// The program's last line is its error; the command line, which the library would quote, says nothing to the user.
function reasonOf(error: unknown): string {
  const { stderr, message, code } = error as { stderr?: string; message?: string; code?: unknown };
  if (code === "ENOENT") return "the helm program was not found: put helm 4 on PATH, or name it in PULUMI_STANDIN_HELM";
  const text = (stderr ?? "").trim();
  const start = text.lastIndexOf("Error: ");
  if (start >= 0) return text.slice(start + "Error: ".length).trim();
  return text === "" ? (message ?? String(error)) : text;
}
