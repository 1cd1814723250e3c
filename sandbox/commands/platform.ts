import { rm } from "node:fs/promises";
import path from "node:path";
import { buildLock } from "../build/builder.ts";
import { goCacheBytes } from "../build/disk.ts";
import { cacheDirectory } from "../layout.ts";
import type { Connection } from "../connection.ts";
import { buildPlatform, resetPlatform, startPlatform, stopPlatform } from "../platform/index.ts";
import { platformStatus } from "../platform/status.ts";
import { formatBytes, formatDuration } from "../support/format.ts";
import { withLock } from "../support/lock.ts";
import { SandboxError } from "../support/errors.ts";
import { terminalProgress } from "../terminal/progress.ts";
import { describeConnection, statusTable } from "../terminal/tables.ts";
import type { CommandContext } from "./context.ts";

/** `status` found the platform not (wholly) running. */
export const EXIT_NOT_RUNNING = 3;

/** What a platform may have beside. */
export interface UpOptions {
  /** The fake clouds. A platform that has them keeps them. */
  readonly clouds?: boolean;
}

/** Starts the platform and says what it is made of. */
export async function up(context: CommandContext, { clouds = false }: UpOptions = {}): Promise<Connection> {
  const started = performance.now();
  const connection = await startPlatform({ ...context, clouds }, terminalProgress());
  console.log(describeConnection(connection));
  console.log(`Platform ready in ${formatDuration(performance.now() - started)}.`);
  return connection;
}

/** Downloads or builds the platform's programs, for a machine image or before runs that start side by side. */
export async function build(context: CommandContext): Promise<void> {
  await buildPlatform(context, terminalProgress());
  console.log(`The platform's programs are in ${cacheDirectory()}.`);
}

/** Stops the platform; its data stays. */
export async function down({ root, signal }: CommandContext): Promise<void> {
  const stopped = await stopPlatform(root, signal);
  console.log(
    stopped.length === 0 ? "Nothing was running." : `Stopped ${stopped.join(", ")}. Data is kept in ${root}.`,
  );
}

/** Stops the platform and removes its data. */
export async function reset({ root, signal }: CommandContext): Promise<void> {
  await resetPlatform(root, signal);
  console.log(`Deleted ${root}. Built programs are kept in ${cacheDirectory()}.`);
}

/** Shows every process; returns the exit code. */
export async function status({ root }: CommandContext, { json }: { json: boolean }): Promise<number> {
  const current = await platformStatus(root);
  console.log(json ? JSON.stringify(current, undefined, 2) : statusTable(current));
  return current.running ? 0 : EXIT_NOT_RUNNING;
}

/** Removes what the Go toolchain downloaded and compiled; the finished programs stay. */
export async function cleanCache({ signal }: CommandContext): Promise<void> {
  const cache = cacheDirectory();
  const onBusy = ({ pid }: { pid: number }) => {
    throw new SandboxError({
      what: `A build is using ${cache} (pid ${pid}).`,
      fix: `Wait for it, or stop it: kill ${pid}`,
    });
  };
  await withLock(buildLock(cache), { onBusy, signal }, async () => {
    const size = await goCacheBytes(cache);
    for (const name of ["go", "build", "partial"]) await rm(path.join(cache, name), { recursive: true, force: true });
    console.log(`Deleted ${formatBytes(size)} of Go caches from ${cache}. Built programs are kept.`);
  });
}
