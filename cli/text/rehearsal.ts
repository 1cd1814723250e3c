import { printable, printableLine } from "../../components/support/messages/printable.ts";
import type { Rehearsal, RehearsedAccount } from "../../operations/rotate/rehearse.ts";
import { section } from "./plan.ts";
import { EXIT } from "../exit-codes.ts";
import type { Result } from "../frame.ts";

export function rehearsalResult(rehearsal: Rehearsal): Result {
  const isReady = rehearsal.accounts.every(({ problem }) => problem === undefined);
  return { text: () => rehearsalText(rehearsal), data: rehearsal, code: isReady ? EXIT.done : EXIT.found };
}

/** Whether targets would take new passwords, as people read it. */
export function rehearsalText({ stack, accounts }: Rehearsal): string {
  if (accounts.length === 0) return `${stack}: no secret is the login of a target. Nothing was tried.\n`;
  const failing = accounts.filter(({ problem }) => problem !== undefined);
  const count = accounts.length === 1 ? "1 account" : `${accounts.length} accounts`;
  const opening =
    failing.length === 0
      ? `${stack}: ${count} would get a new password. Nothing was changed.`
      : `${stack}: ${failing.length} of ${count} would not get a new password. Nothing was changed.`;
  const ready = accounts.filter(({ problem }) => problem === undefined);
  const blocks = [opening, section("Ready:", ready.map(placeOf))];
  const refusals = failing.map((each) =>
    [
      `  ${printableLine(`${placeOf(each)}: ${each.problem ?? ""}`)}`,
      ...(each.fix === undefined ? [] : [`    fix: ${printable(each.fix)}`]),
    ].join("\n"),
  );
  const refused = refusals.length === 0 ? "" : ["Refused:", ...refusals].join("\n");
  return `${[...blocks, refused].filter((each) => each !== "").join("\n\n")}\n`;
}

function placeOf({ id, target, account }: RehearsedAccount): string {
  return `${id}: ${account} at ${target}`;
}
