import { readFileSync } from "node:fs";

/** An environment and a file about it, such as `dev=preview-dev.json`. */
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

/** The file's text; empty where it does not exist, because the job that writes it failed. The comment then says so. */
export function readIfPresent(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

/** The command line is wrong. Only the message is printed. */
export class UsageError extends Error {}
