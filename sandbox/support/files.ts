import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { hasCode } from "./errors.ts";

/** Mode of every file that holds a key, a token or a passphrase. */
export const PRIVATE_MODE = 0o600;

/** Writes a file whole or not at all: a reader, or the run after a crash, never sees half of it. */
export async function writeFileAtomically(file: string, content: string | Buffer, mode = 0o644): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = temporaryName(file);
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A name beside `target`, unused, that a rename can move into place. */
export function temporaryName(target: string): string {
  return `${target}.${process.pid}-${randomBytes(3).toString("hex")}.tmp`;
}

/**
 * Moves a finished folder to its place in a cache. Two platforms may make it at once from the same sources: the first one stays, and the
 * caller removes its own.
 */
export async function placeFolder(made: string, folder: string): Promise<void> {
  try {
    await rename(made, folder);
  } catch (error) {
    if (!hasCode(error, "ENOTEMPTY") && !hasCode(error, "EEXIST")) throw error;
  }
}

/** The file's text, or undefined when there is no such file. */
export async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

/**
 * The parsed file, or undefined when it is absent or not JSON.
 * Only for files that can be made again (pid records, remembered outcomes): a torn one counts as none.
 */
export async function readJson(file: string): Promise<unknown> {
  const text = await readIfExists(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Writes a value as indented JSON, atomically. */
export async function writeJson(file: string, value: unknown, mode?: number): Promise<void> {
  await writeFileAtomically(file, JSON.stringify(value, undefined, 2) + "\n", mode);
}

/** The last `count` lines of a log, or an empty string when there is no log. Reads at most its last 64 KiB. */
export async function lastLines(file: string, count: number): Promise<string> {
  const window = 64 * 1024;
  let handle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "";
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, window);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8").trimEnd().split("\n").slice(-count).join("\n");
  } finally {
    await handle.close();
  }
}
