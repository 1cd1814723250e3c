import { chmod, readFile, rename, rm, writeFile } from "node:fs/promises";
import { ExpectedError } from "../components/support/messages/errors.ts";

export interface OwnFile {
  readonly file: string;
  readonly text: string;
  /** Whether a text is one that the command has written. */
  readonly isOwn: (text: string) => boolean;
  /** Option of the command line that names the file, such as `--out`. */
  readonly option: string;
}

/**
 * Writes a file, whole or not at all. One that the command has not written is left alone.
 *
 * @throws ExpectedError where there is one, or where nothing can be written.
 */
export async function writeOwnFile({ file, text, isOwn, option }: OwnFile): Promise<void> {
  const before = await textOfFile(file, option);
  if (before !== undefined && !isOwn(before)) {
    throw new ExpectedError(
      `${file}: not written by this command, and would be overwritten. Nothing was changed.\n    fix: move it, or name another file (${option})`,
    );
  }
  try {
    await writeWhole(file, text);
  } catch (error) {
    throw new ExpectedError(
      `${file}: can't be written (${codeOf(error)})\n    fix: name a file in a folder that exists, and that you may write to (${option})`,
    );
  }
}

/**
 * Writes a file whole or not at all: a run that is killed leaves what was there before.
 *
 * @param mode its permissions. Default: those of a new file.
 */
export async function writeWhole(file: string, text: string, mode?: number): Promise<void> {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(beside, text, { flag: "wx", ...(mode === undefined ? {} : { mode }) });
    // The permissions of this process may have taken some away.
    if (mode !== undefined) await chmod(beside, mode);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/**
 * The text of a file; `undefined` where there is none.
 *
 * @throws ExpectedError where it can't be read.
 */
export async function textOfFile(file: string, option: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return undefined;
    throw new ExpectedError(`${file}: can't be read (${code})\n    fix: name a file that can be (${option})`);
  }
}

/** Code of an error of the system, such as `EACCES`. */
function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown reason";
}
