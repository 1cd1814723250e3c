import { readFile, writeFile } from "node:fs/promises";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { checkEnvFile, type EnvFileCheck } from "./check.ts";
import { isTemplateText, settable } from "./render.ts";
import type { SecretVariables } from "./variables.ts";

/**
 * Writes a template. A file that this command has not written is left alone: it may be somebody's `.env`.
 *
 * @throws ExpectedError where there is one.
 */
export async function writeTemplate(file: string, text: string): Promise<void> {
  const before = await textOf(file);
  if (before !== undefined && !isTemplateText(before)) {
    throw new ExpectedError(
      `${file}: not written by this command, and would be overwritten. Nothing was changed.\n    fix: move it, or name another file (--out)`,
    );
  }
  await writeFile(file, text);
}

/** Whether a file is this template. */
export async function compareTemplate(file: string, text: string): Promise<boolean> {
  return (await textOf(file)) === text;
}

/**
 * What a `.env` file lacks.
 *
 * @throws ExpectedError where there is no such file.
 */
export async function compareEnvFile(file: string, secrets: readonly SecretVariables[]): Promise<EnvFileCheck> {
  const text = await textOf(file);
  if (text === undefined) {
    throw new ExpectedError(`${file}: there is no such file\n    fix: copy the template to it, and fill it in`);
  }
  return checkEnvFile(text, settable(secrets));
}

/** `undefined` where there is no file. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new ExpectedError(`${file}: can't be read (${code})\n    fix: name a file that can be`);
  }
}
