import { execFile } from "node:child_process";
import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { writeWhole } from "../../own-file.ts";
import type { Revision } from "./model.ts";

/** Asks git about a file. Where there is no git, or the file is in no repository, nobody keeps it. */
export async function gitRevision(file: string): Promise<Revision> {
  const real = await realpath(file);
  const git = async (...words: readonly string[]) => {
    const { stdout } = await promisify(execFile)("git", ["-C", path.dirname(real), ...words, "--", real]);
    return stdout;
  };
  try {
    if ((await git("ls-files", "-z")) === "") return "untracked";
    return (await git("status", "--porcelain", "-z", "--untracked-files=no")) === "" ? "committed" : "changed";
  } catch {
    return "untracked";
  }
}

/** Writes a file that exists anew, whole or not at all: where a link leads, with the permissions that it has. */
export async function rewrite(file: string, text: string): Promise<void> {
  const real = await realpath(file);
  const { mode } = await stat(real);
  await writeWhole(real, text, mode & 0o7777);
}
