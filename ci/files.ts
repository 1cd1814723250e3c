import { readFileSync } from "node:fs";

/** `dev=preview-dev.json`: what belongs to an environment, and the file that holds it. */
export interface NamedFile {
  readonly environment: string;
  readonly file: string;
}

/** Reads `<environment>=<file>`. */
export function namedFile(option: string, argument: string): NamedFile {
  const { environment, file } = /^(?<environment>[a-z][a-z0-9.-]{0,39})=(?<file>.+)$/.exec(argument)?.groups ?? {};
  if (environment === undefined || file === undefined) {
    throw new UsageError(
      `--${option} must be <environment>=<file>, such as dev=preview-dev.json, received "${argument}"`,
    );
  }
  return { environment, file };
}

/** The file's text; empty when it does not exist: the job that should have written it failed, and the comment says so. */
export function readIfPresent(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

/** The command line is wrong: its message is all that people need. */
export class UsageError extends Error {}
