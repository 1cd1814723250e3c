import { mkdir, statfs } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { SandboxError } from "../support/errors.ts";
import { formatBytes } from "../support/format.ts";

/** Both Go caches, the binaries and the linker's temporary files, after a build of everything from empty caches (measured: 15.9 + 0.9 GB). */
const COLD_BUILD_BYTES = 18e9;

/** Enough for the linker's temporary files and a few new binaries when the Go caches are full already. */
const WARM_BUILD_BYTES = 3e9;

/** Throws when the disk of the cache cannot hold what a build of everything still has to write. */
export async function requireDiskSpace(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const [free, cached] = await Promise.all([freeBytes(cache), goCacheBytes(cache)]);
  const needed = Math.max(WARM_BUILD_BYTES, COLD_BUILD_BYTES - cached);
  if (free < needed) throw notEnough(cache, free, needed);
}

/** Throws when a folder's disk is nearly full: servers that cannot write fail in ways that do not say so. */
export async function requireRunSpace(folder: string): Promise<void> {
  const needed = 1e9;
  await mkdir(folder, { recursive: true });
  const free = await freeBytes(folder);
  if (free < needed) throw notEnough(folder, free, needed);
}

function notEnough(folder: string, free: number, needed: number): SandboxError {
  return new SandboxError({
    what: `The disk of ${folder} has ${formatBytes(free)} free; ${formatBytes(needed)} are needed.`,
    fix: "Free space (npm run sandbox -- clean-cache removes old Go caches), or move the cache: MULTICLOUD_SECRETS_CACHE=<folder>",
  });
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Size of the Go caches on disk; 0 when there are none. */
export async function goCacheBytes(cache: string): Promise<number> {
  const { stdout } = await execa("du", ["-sk", path.join(cache, "go")], { reject: false });
  const kilobytes = Number.parseInt(stdout, 10);
  return Number.isNaN(kilobytes) ? 0 : kilobytes * 1024;
}
