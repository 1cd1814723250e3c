import { ExpectedError } from "../../components/support/messages/errors.ts";
import { textOfFile, writeOwnFile } from "../own-file.ts";
import { checkEnvFile, type EnvFileCheck } from "./check.ts";
import { isTemplateText, settable } from "./render.ts";
import type { SecretVariables } from "./variables.ts";

/**
 * Writes a template. A file that this command has not written is left alone: it may be somebody's `.env`.
 *
 * @throws ExpectedError where there is one, or where nothing can be written.
 */
export function writeTemplate(file: string, text: string): Promise<void> {
  return writeOwnFile({ file, text, isOwn: isTemplateText, option: "--out" });
}

/** Whether a file is this template. */
export async function compareTemplate(file: string, text: string): Promise<boolean> {
  return (await textOfFile(file, "--out")) === text;
}

/**
 * What a `.env` file lacks.
 *
 * @throws ExpectedError where there is no such file.
 */
export async function compareEnvFile(file: string, secrets: readonly SecretVariables[]): Promise<EnvFileCheck> {
  const text = await textOfFile(file, "--env");
  if (text === undefined) {
    throw new ExpectedError(`${file}: there is no such file\n    fix: copy the template to it, and fill it in`);
  }
  return checkEnvFile(text, settable(secrets));
}
