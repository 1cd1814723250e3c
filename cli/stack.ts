import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { ExpectedError } from "../components/support/messages/errors.ts";

export interface StackOfArgs {
  /** Folder that contains `Pulumi.yaml`. */
  readonly root: string;
  /** What the command was given: an environment, or something within one. */
  readonly target: string | undefined;
  /** `--stack`. */
  readonly chosen: string | undefined;
}

/**
 * The stack that a command is about, and what it names within that: a target that is called as a stack's file is the stack.
 * Without one, it is what `--stack` or `PULUMI_STACK` says, or what `pulumi stack select` chose.
 *
 * @throws ExpectedError where none is named, and none is selected.
 */
export async function stackOf({
  root,
  target,
  chosen,
}: StackOfArgs): Promise<{ readonly stack: string; readonly rest?: string }> {
  const isStack = target !== undefined && isName(target) && existsSync(path.join(root, `Pulumi.${target}.yaml`));
  if (isStack && (chosen === undefined || chosen === target)) return { stack: target };
  const stack = chosen ?? (await selectedStack(root));
  return target === undefined ? { stack } : { stack, rest: target };
}

function isName(target: string): boolean {
  return /^[\w.-]+$/.test(target);
}

/** The stack that the CLI has selected for the project; it knows `PULUMI_STACK` as well. */
async function selectedStack(root: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("pulumi", ["stack", "--show-name", "--non-interactive"], {
      cwd: root,
      timeout: 30_000,
    });
    const name = stdout.trim().split("/").at(-1) ?? "";
    if (name !== "") return name;
  } catch {
    // No CLI, no login, or no stack: people can name one all the same.
  }
  throw new ExpectedError("No stack is selected.\n    fix: name one: --stack <environment>");
}
