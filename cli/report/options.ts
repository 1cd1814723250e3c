import { z } from "zod";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { clippedName } from "../../components/support/messages/printable.ts";
import { stackOf, type StackOfArgs } from "../stack.ts";

/**
 * The stack that is reported on: a report is of a whole environment.
 *
 * @throws ExpectedError where the target is none.
 */
export async function reportedStack(args: StackOfArgs): Promise<string> {
  const { target, chosen } = args;
  // A target that is no stack is never looked for in the selected one, so that one is not asked for.
  const { stack, rest } = await stackOf(
    chosen === undefined && target !== undefined ? { ...args, chosen: target } : args,
  );
  if (rest === undefined || rest === stack) return stack;
  throw new ExpectedError(
    `A report is of one environment, and both ${clippedName(rest)} and ${clippedName(stack)} are named.\n    fix: name one`,
  );
}

/**
 * A day as `--as-of` names it. Default: that of the run.
 *
 * @throws ExpectedError where it is no date.
 */
export function dayOf(asOf: string | undefined, now: Date): string {
  if (asOf === undefined) return now.toISOString().slice(0, 10);
  if (z.iso.date().safeParse(asOf).success) return asOf;
  throw new ExpectedError(
    `--as-of is "${clippedName(asOf)}", which is no date.\n    fix: give one as YYYY-MM-DD, such as ${now.toISOString().slice(0, 10)}`,
  );
}
