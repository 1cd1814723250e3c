import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";

/**
 * `promtool`, which tests the rules of alerts: the one that `PROMTOOL` names, one in `PATH`, or that of Debian's package
 * `prometheus`, which is fetched once (19 MB, some seconds; apt checks its signature) and unpacked without root.
 *
 * @returns its path, or why there is none here.
 */
export async function findPromtool(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const { PROMTOOL: named = "", PATH = "", XDG_CACHE_HOME: cache = path.join(homedir(), ".cache") } = process.env;
  if (named !== "") return { path: named };
  const inPath = PATH.split(path.delimiter).map((folder) => path.join(folder, "promtool"));
  const kept = path.join(cache, "multicloud-secrets", "bin", "promtool-of-debian");
  const found = [...inPath, kept].find((file) => existsSync(file));
  if (found !== undefined) return { path: found };
  try {
    await fetchFromDebian(kept);
    return { path: kept };
  } catch {
    return { missing: "PROMTOOL names none, there is none in PATH, and apt-get can't download the package prometheus" };
  }
}

async function fetchFromDebian(target: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "promtool-"));
  try {
    await execa("apt-get", ["download", "prometheus"], { cwd: folder, timeout: 60_000 });
    const [packed = ""] = await readdir(folder);
    await execa("dpkg", ["-x", packed, "unpacked"], { cwd: folder });
    await mkdir(path.dirname(target), { recursive: true });
    // Two test processes may fetch it at once: each puts it there whole.
    const draft = `${target}.${process.pid}`;
    await copyFile(path.join(folder, "unpacked", "usr", "bin", "promtool"), draft);
    await rename(draft, target);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Writes files of a test, as JSON, which YAML contains. @returns the folder; `remove` takes it away. */
export async function promtoolFolder(files: Readonly<Record<string, unknown>>) {
  const folder = await mkdtemp(path.join(tmpdir(), "promtool-"));
  for (const [name, content] of Object.entries(files))
    await writeFile(path.join(folder, name), JSON.stringify(content));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
