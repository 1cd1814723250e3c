import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { FolderChanges } from "./manifest-files.ts";

/** Contents of a folder's YAML files by their path in it, with `/`; none where there is no such folder. */
export async function readManifests(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"));
  return new Map(
    await Promise.all(
      files.map(async (entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return [path.relative(folder, file).split(path.sep).join("/"), await readFile(file, "utf8")] as const;
      }),
    ),
  );
}

/** Makes a folder what is rendered: writes what is missing or changed, and deletes what is stale. */
export async function writeManifests(
  folder: string,
  rendered: ReadonlyMap<string, string>,
  { missing, changed, stale }: FolderChanges,
): Promise<void> {
  for (const each of [...missing, ...changed]) {
    const file = path.join(folder, each);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, rendered.get(each) ?? "");
  }
  for (const each of stale) await rm(path.join(folder, each));
}
