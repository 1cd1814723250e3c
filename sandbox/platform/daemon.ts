import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Layout } from "../layout.ts";
import type { Ports } from "../ports.ts";
import { InterruptedError, messageOf, SandboxError } from "../support/errors.ts";
import { lastLines, readJson, writeJson } from "../support/files.ts";
import { isRunning, parseProcessRecord, type ProcessRecord, recordOf, stopProcess } from "../support/processes.ts";
import { waitUntil } from "../support/wait.ts";
import { requireFreePorts } from "./machine/ports-in-use.ts";
import type { OPERATOR_PROCESS, ServerDefinition, ServerName } from "./servers.ts";

/** How long a server may take to answer its health endpoint. A loaded machine takes ten times as long as an idle one. */
const READY_TIMEOUT_MS = 90_000;

/** How long a running server may be silent before `up` counts it as hung and restarts it. */
const HUNG_TIMEOUT_MS = 5_000;

/** How long a server may take to end in order. etcd and Vault write their last data in that time. */
const STOP_GRACE_MS = 10_000;

/** A hung one does not listen to the request to stop either. */
const HUNG_GRACE_MS = 2_000;

/** What happened to a server on `up`. */
export type StartOutcome = "running already" | "started" | "restarted";

/** How a start is watched and stopped. */
export interface StartOptions {
  readonly signal: AbortSignal;
  /** Called right before a process is made: from then on there may be something to stop. */
  readonly onStart: () => void;
}

/** A daemon's pid file: the process, and a digest of the command line that it was started with. */
interface DaemonRecord extends ProcessRecord {
  readonly fingerprint: string;
}

/** Path of a server's log. */
export function logPath(layout: Layout, server: string): string {
  return path.join(layout.logs, `${server}.log`);
}

/** Path of a process' pid file. */
export function pidPath(layout: Layout, server: string): string {
  return path.join(layout.pids, `${server}.json`);
}

/** The process of a pid file, when it still runs. */
export async function runningProcess(layout: Layout, server: string): Promise<ProcessRecord | undefined> {
  const record = parseProcessRecord(await readJson(pidPath(layout, server)));
  return record !== undefined && isRunning(record) ? record : undefined;
}

/** Starts a server unless it runs, with this command line, and answers. Returns when it is ready. */
export async function ensureServer(
  definition: ServerDefinition,
  { layout, ports }: { readonly layout: Layout; readonly ports: Ports },
  { signal, onStart }: StartOptions,
): Promise<StartOutcome> {
  const running = await runningDaemon(definition, layout);
  if (running?.fits === true) {
    if (await waitUntil(definition.isReady, { timeoutMs: HUNG_TIMEOUT_MS, signal })) return "running already";
  }
  const graceMs = running?.fits === true ? HUNG_GRACE_MS : STOP_GRACE_MS;
  if (running !== undefined) await stopServer(layout, definition.name, graceMs);
  if (definition.child !== undefined) await stopServer(layout, definition.child);
  const wanted = definition.ports.map((name) => ({ port: ports[name], server: definition.name }));
  await requireFreePorts(wanted);
  if (signal.aborted) throw new InterruptedError();
  onStart();
  const child = await startProcess(definition, layout);
  await waitUntilReady(definition, child, { layout, signal });
  return running === undefined ? "started" : "restarted";
}

async function runningDaemon(
  definition: ServerDefinition,
  layout: Layout,
): Promise<{ fits: boolean; record: ProcessRecord } | undefined> {
  const record = await runningProcess(layout, definition.name);
  if (record === undefined) return undefined;
  const stored = await readJson(pidPath(layout, definition.name));
  const fingerprint = (stored as Partial<DaemonRecord>).fingerprint;
  return { record, fits: fingerprint === fingerprintOf(definition) };
}

/** A new version, port or flag is a new command line: the running process is not the one that is wanted. */
function fingerprintOf({ program, args, environment }: ServerDefinition): string {
  return createHash("sha256")
    .update(JSON.stringify([program, args, environment]))
    .digest("hex")
    .slice(0, 16);
}

async function startProcess(definition: ServerDefinition, layout: Layout): Promise<ChildProcess> {
  const log = logPath(layout, definition.name);
  await Promise.all([layout.logs, layout.home, layout.temporary].map((folder) => mkdir(folder, { recursive: true })));
  await rename(log, log.replace(/\.log$/, ".previous.log")).catch(() => undefined);
  const output = openSync(log, "a", 0o600);
  try {
    // Detached: Ctrl-C in this terminal, or the end of this program, must not take the platform down.
    const child = spawn(definition.program, [...definition.args], {
      detached: true,
      stdio: ["ignore", output, output],
      cwd: layout.root,
      env: daemonEnvironment(layout, definition.environment),
    });
    await spawned(child, definition);
    child.unref();
    await recordDaemon(child, definition, layout);
    return child;
  } finally {
    closeSync(output);
  }
}

/** PATH and little else: a proxy or a token in the user's environment must not decide what a server does. */
function daemonEnvironment(layout: Layout, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: layout.home,
    TMPDIR: layout.temporary,
    LANG: "C.UTF-8",
    ...extra,
  };
}

async function spawned(child: ChildProcess, definition: ServerDefinition): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => {
      reject(
        new SandboxError({
          what: `${definition.name} cannot be started.`,
          why: messageOf(error),
          fix: `Remove ${definition.program} and run this again: it will be rebuilt.`,
        }),
      );
    });
  });
}

async function recordDaemon(child: ChildProcess, definition: ServerDefinition, layout: Layout): Promise<void> {
  const record = child.pid === undefined ? undefined : recordOf(child.pid);
  // Gone already: `waitUntilReady` tells why.
  if (record === undefined) return;
  await writeJson(pidPath(layout, definition.name), { ...record, fingerprint: fingerprintOf(definition) });
}

async function waitUntilReady(
  definition: ServerDefinition,
  child: ChildProcess,
  { layout, signal }: { layout: Layout; signal: AbortSignal },
): Promise<void> {
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const done = async () => hasEnded() || (await definition.isReady());
  const inTime = await waitUntil(done, { timeoutMs: READY_TIMEOUT_MS, signal });
  if (inTime && !hasEnded()) return;
  const what = hasEnded()
    ? `${definition.name} ended while starting (${child.signalCode ?? `exit code ${child.exitCode}`}).`
    : `${definition.name} did not become ready within ${READY_TIMEOUT_MS / 1000} s.`;
  throw new SandboxError({
    what,
    why: `${await lastLines(logPath(layout, definition.name), 8)}\n(whole log: ${logPath(layout, definition.name)})`,
    fix: "Run it again: npm run sandbox -- up. If it fails the same way, start over: npm run sandbox -- reset",
  });
}

/** Stops a server, if it runs. Returns whether it did. */
export async function stopServer(
  layout: Layout,
  server: ServerName | typeof OPERATOR_PROCESS,
  graceMs = STOP_GRACE_MS,
): Promise<boolean> {
  const record = await runningProcess(layout, server);
  if (record !== undefined) await stopProcess(record, graceMs);
  await rm(pidPath(layout, server), { force: true });
  return record !== undefined;
}
