import { link, readFile, rename, rm } from "node:fs/promises";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { hasCode } from "./errors.ts";
import { readJson, temporaryName } from "./files.ts";
import { isRunning, parseProcessRecord, type ProcessRecord, recordOf } from "./processes.ts";
import { pause } from "./wait.ts";

/** How a lock is waited for. */
export interface LockOptions {
  /** Called once when another process holds the lock; throw here to give up instead of waiting. */
  readonly onBusy: (holder: ProcessRecord) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs `body` while no other process holds `file`.
 * The file names its holder by pid and start time, so a lock that a killed run left behind is recognised and taken over at once.
 */
export async function withLock<T>(file: string, options: LockOptions, body: () => Promise<T>): Promise<T> {
  await acquire(file, options);
  try {
    return await body();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, options: LockOptions): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const own = temporaryName(file);
  await writeFile(own, JSON.stringify(recordOf(process.pid)));
  try {
    let told = false;
    while (!(await tryLink(own, file))) {
      const holder = parseProcessRecord(await readJson(file));
      if (holder === undefined || !isRunning(holder)) {
        await removeStale(file, holder);
        continue;
      }
      if (!told) options.onBusy(holder);
      told = true;
      await pause(500, options.signal);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** A hard link appears with its content in one step, unlike a file that is opened and then written. */
async function tryLink(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Renaming first lets only one of two waiting runs remove it; the loser must not remove the winner's new lock. */
async function removeStale(file: string, seen: ProcessRecord | undefined): Promise<void> {
  const aside = temporaryName(file);
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  const moved = parseProcessRecord(JSON.parse((await readFile(aside, "utf8")) || "null"));
  if (moved !== undefined && moved.pid !== seen?.pid && isRunning(moved)) await tryLink(aside, file);
  await rm(aside, { force: true });
}
