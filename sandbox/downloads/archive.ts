import { chmod, mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { hasCode, messageOf } from "../support/errors.ts";
import { temporaryName } from "../support/files.ts";

/** Programs that unpack a zip file, of which every system has one: `tar` is one of them on macOS. */
const UNZIP = [
  ["unzip", "-q", "{archive}", "-d", "{folder}"],
  ["bsdtar", "-xf", "{archive}", "-C", "{folder}"],
  ["python3", "-m", "zipfile", "-e", "{archive}", "{folder}"],
  ["tar", "-xf", "{archive}", "-C", "{folder}"],
];
const UNTAR = [["tar", "-xzf", "{archive}", "-C", "{folder}"]];

/** Takes one program out of a `.tar.gz` or `.zip` and puts it at `target`, executable. */
export async function extractProgram(archive: string, member: string, target: string): Promise<void> {
  const folder = temporaryName(target);
  await mkdir(folder, { recursive: true });
  try {
    await unpack(archive, folder);
    const program = path.join(folder, ...member.split("/"));
    await chmod(program, 0o755);
    await rename(program, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Unpacks a `.tar.gz` or `.zip` into a folder that exists. */
export async function unpack(archive: string, folder: string): Promise<void> {
  for (const command of archive.endsWith(".zip") ? UNZIP : UNTAR) {
    const [program = "", ...args] = command.map((part) =>
      part.replace("{archive}", archive).replace("{folder}", folder),
    );
    try {
      await execa(program, args);
      return;
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw new Error(`${program}: ${messageOf(error)}`, { cause: error });
    }
  }
  throw new Error("no program here unpacks a zip file");
}
