import { rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import type { Connection } from "../../../sandbox/connection.ts";
import { resetPlatform, startPlatform, stopPlatform } from "../../../sandbox/platform/index.ts";
import { withLock } from "../../../sandbox/support/lock.ts";
import { terminalProgress } from "../../../sandbox/terminal/progress.ts";

/** Ports from here on; far from the platform that a developer may have running. */
const portBase = Number(process.env["E2E_PORT_BASE"] ?? "19440");

/**
 * The platform's folder, the same for each run with a port base: the next run finds, stops and removes what a killed one
 * left behind.
 */
const root = path.join(tmpdir(), `multicloud-secrets-e2e-${userInfo().uid}-${portBase}`);

/** Beside that folder, in which tests look for values: compiled code has those that the sources have. */
const compiled = `${root}-compiled`;

let running: Connection | undefined;
let release: (() => void) | undefined;

/** The platform that the tests run on. */
export function connection(): Connection {
  if (running === undefined) throw new Error("the test platform does not run: start the tests with npm run test:e2e");
  return running;
}

/** Has a process that a test started use the platform of that test. */
export function useTestPlatform(connection: Connection): void {
  running = connection;
}

/** Starts a platform that nothing was ever installed in. The first time on a machine, this builds its programs. */
export async function startTestPlatform(): Promise<void> {
  const { signal } = new AbortController();
  saveProcessorTime();
  await holdLock();
  try {
    await resetPlatform(root, signal);
    running = await startPlatform({ root, portBase, signal }, terminalProgress());
  } catch (error) {
    await stopTestPlatform();
    throw error;
  }
}

/**
 * Hundreds of short processes are what a run spends its time on: engines, which collect garbage less often than by
 * default, and programs, which keep what they have compiled for the next one.
 */
function saveProcessorTime(): void {
  process.env["GOGC"] ??= "300";
  process.env["NODE_COMPILE_CACHE"] ??= compiled;
}

/** Starts the fake clouds beside what runs, which restarts the operator's process. */
export async function startClouds(): Promise<Connection> {
  const { signal } = new AbortController();
  if (connection().clouds === undefined) {
    running = await startPlatform({ root, portBase, clouds: true, signal }, terminalProgress());
  }
  return connection();
}

/** Stops every process and removes the folder. `E2E_KEEP=1` leaves the folder, for its logs. */
export async function stopTestPlatform(): Promise<void> {
  const { signal } = new AbortController();
  if (process.env["E2E_KEEP"] === "1") {
    await stopPlatform(root, signal);
    console.log(`Kept ${root}`);
  } else {
    await resetPlatform(root, signal);
    for (const folder of [root, compiled]) await rm(folder, { recursive: true, force: true });
  }
  running = undefined;
  release?.();
}

/** A second run on the same ports would remove the platform of the first: it is refused instead. */
async function holdLock(): Promise<void> {
  const onBusy = ({ pid }: { pid: number }) => {
    throw new Error(`another end-to-end run (pid ${pid}) uses port base ${portBase}: set E2E_PORT_BASE to another one`);
  };
  await new Promise<void>((resolve, reject) => {
    const held = new Promise<void>((done) => {
      release = done;
    });
    withLock(`${root}.lock`, { onBusy }, () => {
      resolve();
      return held;
    }).catch((error: unknown) => {
      reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}
