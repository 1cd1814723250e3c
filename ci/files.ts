import { readFileSync } from "node:fs";
import { asList, asObject, asText, parsed } from "./json.ts";

/** An environment and a file about it, such as `dev=preview-dev.json`. */
export interface NamedFile {
  readonly environment: string;
  readonly file: string;
}

/** Name of a stack: it becomes part of file names, job names and the comment. */
export const stackName = /^[a-z][a-z0-9.-]{0,39}$/;

/** Reads `<environment>=<file>`. */
export function namedFile(option: string, argument: string): NamedFile {
  const { environment, file } = /^(?<environment>[^=]*)=(?<file>.+)$/.exec(argument)?.groups ?? {};
  if (environment === undefined || file === undefined || !stackName.test(environment)) {
    throw new UsageError(
      `--${option} must be <environment>=<file>, such as dev=preview-dev.json, received "${argument}"`,
    );
  }
  return { environment, file };
}

/** A stack of the list that `ci/environments.ts` writes. */
export interface ListedStack {
  readonly name: string;
  /** The environment whose part it is. Default: it is no part. */
  readonly partOf?: string;
}

/** Reads `[{ "stack": "dev", … }]`, which is what `ci/environments.ts` writes. */
export function stacksIn(option: string, argument: string): readonly ListedStack[] {
  const stacks = asList(parsed(argument)).map((each): ListedStack => {
    const { stack, part } = asObject(each);
    const name = asText(stack);
    const [environment = name] = name.split(".");
    return { name, ...(part === true ? { partOf: environment } : {}) };
  });
  if (stacks.length === 0 || !stacks.every(({ name }) => stackName.test(name))) {
    throw new UsageError(
      `--${option} must be what ci/environments.ts writes, such as [{"stack":"dev"}], received "${argument}"`,
    );
  }
  return stacks;
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

/** The command line is wrong. Only the message is printed. */
export class UsageError extends Error {}
