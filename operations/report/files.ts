import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { isReportPage } from "./html/page.ts";

/**
 * Writes a page, whole or not at all. A file that this command has not written is left alone.
 *
 * @throws ExpectedError where there is one, or where nothing can be written.
 */
export async function writePage(file: string, page: string): Promise<void> {
  const before = await textOf(file);
  if (before !== undefined && !isReportPage(before)) {
    throw new ExpectedError(
      `${file}: not written by this command, and would be overwritten. Nothing was changed.\n    fix: move it, or name another file (--html)`,
    );
  }
  const beside = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(beside, page, { flag: "wx" });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw new ExpectedError(
      `${file}: can't be written (${codeOf(error)})\n    fix: name a file in a folder that exists`,
    );
  }
}

/** `undefined` where there is no file. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return undefined;
    throw new ExpectedError(`${file}: can't be read (${code})\n    fix: name a file that can be (--html)`);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
