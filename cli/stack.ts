import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { ExpectedError } from "../components/support/messages/errors.ts";
import { clippedName } from "../components/support/messages/printable.ts";

export interface StackOfArgs {
  /** Folder that contains `Pulumi.yaml`. */
  readonly root: string;
  /** What the command was given: an environment, or something within one. */
  readonly target: string | undefined;
  /** `--stack`: `prod`, or as the engine writes it in full, `organization/multicloud-secrets/prod`. */
  readonly chosen: string | undefined;
}

/**
 * The stack that a command is about, and what it names within that: a target that is called as a stack's file is the stack.
 * Without one, it is what `--stack` or `PULUMI_STACK` says, or what `pulumi stack select` chose.
 *
 * @throws ExpectedError where none is named, and none is selected; or where one of an organization is named.
 */
export async function stackOf({
  root,
  target,
  chosen,
}: StackOfArgs): Promise<{ readonly stack: string; readonly rest?: string }> {
  const named = chosen === undefined ? undefined : ownName(chosen);
  const called = target === undefined ? undefined : withoutOrganization(target);
  const isStack = called !== undefined && isName(called) && existsSync(path.join(root, `Pulumi.${called}.yaml`));
  if (isStack && (named === undefined || named === called)) return { stack: called };
  const stack = named ?? (await selectedStack(root));
  return target === undefined ? { stack } : { stack, rest: target };
}

/**
 * A stack without organization and project. With state of one's own, every stack is of `organization` (pulumi
 * `pkg/backend/diy`); those of Pulumi Cloud are completed by the CLI with the user's default, here too.
 */
function ownName(chosen: string): string {
  const words = chosen.split("/");
  const [organization = "", name = ""] = [words[0], words.at(-1)];
  if (words.length === 1) return chosen;
  if (words.length < 4 && organization === "organization" && name !== "") return name;
  const fix =
    words.length < 4 && words.every((word) => /^[\w.-]+$/.test(word))
      ? `pulumi org set-default ${organization}, then --stack ${name}`
      : "--stack <environment>";
  throw new ExpectedError(
    `--stack is "${clippedName(chosen)}": a stack is named without its organization, which is the default one of the CLI\n    fix: ${fix}`,
  );
}

/** A target that is a stack's name in full; any other as it is: what is within an environment has two words at most. */
function withoutOrganization(target: string): string {
  return /^organization\/[^/]+\/([^/]+)$/.exec(target)?.[1] ?? target;
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
