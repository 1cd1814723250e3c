import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import type { Layout } from "../../layout.ts";
import { writeJson } from "../../support/files.ts";
import { recordOf } from "../../support/processes.ts";
import { logPath, pidPath, stopServer } from "../daemon.ts";
import type { OperatorSpec } from "./spec.ts";
import { OPERATOR_PROCESS } from "../servers.ts";

/** File of the token that the EKS Pod Identity agent is shown. */
export function podIdentityTokenPath(layout: Layout): string {
  return path.join(layout.externalSecrets, "pod-identity-token");
}

/** The operator's process: at most one at a time. */
export class OperatorProcess {
  readonly #program: string;
  readonly #layout: Layout;
  /** What the platform adds to the Deployment's own variables. */
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  constructor(program: string, layout: Layout, environment: Readonly<Record<string, string>> = {}) {
    this.#program = program;
    this.#layout = layout;
    this.#environment = environment;
  }

  /** Starts it; `onExit` is called when it ends without having been asked to. */
  async start(spec: OperatorSpec, kubeconfig: string, onExit: (how: string) => void): Promise<void> {
    // One that a killed supervisor left behind would write the same Secrets and hold the ports.
    await stopServer(this.#layout, OPERATOR_PROCESS);
    mkdirSync(this.#layout.logs, { recursive: true });
    const log = openSync(logPath(this.#layout, OPERATOR_PROCESS), "a", 0o600);
    const child = spawn(this.#program, [...spec.args], {
      stdio: ["ignore", log, log],
      cwd: this.#layout.root,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: this.#layout.home,
        TMPDIR: this.#layout.temporary,
        KUBECONFIG: kubeconfig,
        ...this.#environment,
        ...spec.environment,
      },
    });
    closeSync(log);
    this.#child = child;
    child.once("error", (error) => {
      this.#ended(child, error.message, onExit);
    });
    child.once("exit", (code, signal) => {
      this.#ended(child, signal ?? `exit code ${code}`, onExit);
    });
    const record = child.pid === undefined ? undefined : recordOf(child.pid);
    if (record !== undefined) await writeJson(pidPath(this.#layout, OPERATOR_PROCESS), record);
  }

  /** Stops it and waits until it is gone. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 8_000);
    await exited;
    clearTimeout(timer);
    await rm(pidPath(this.#layout, OPERATOR_PROCESS), { force: true });
  }

  /** Its kubeconfig, the token that the kubeconfig names, and the one for the EKS Pod Identity agent. */
  files(): { kubeconfig: string; token: string; podIdentityToken: string } {
    const at = (name: string) => path.join(this.#layout.externalSecrets, name);
    return {
      kubeconfig: at("kubeconfig.yaml"),
      token: at("token"),
      podIdentityToken: podIdentityTokenPath(this.#layout),
    };
  }

  #ended(child: ChildProcess, how: string, onExit: (how: string) => void): void {
    // A child that `stop` has let go of ended because it was asked to.
    if (this.#child !== child) return;
    this.#child = undefined;
    onExit(how);
  }
}
