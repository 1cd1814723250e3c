import { ExpectedError } from "../../components/support/messages/errors.ts";
import { clippedName } from "../../components/support/messages/printable.ts";
import type { Choice } from "../../operations/rotate/choice.ts";
import type { RotateOptions } from "../../operations/rotate/run.ts";
import type { CommonOptions } from "../frame.ts";

/** Options as they were typed. */
export interface TypedOptions extends CommonOptions {
  readonly stack?: string;
  readonly due: boolean;
  readonly within?: string;
  readonly all: boolean;
  readonly application?: string;
  readonly except: readonly string[];
  readonly leaked: boolean;
  readonly disableOldVersions: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** `--config-only` or `--no-up`. */
  readonly configOnly: boolean;
  readonly up: boolean;
  readonly outsideWindows: boolean;
  readonly rehearse: boolean;
  readonly wait?: string;
}

/** Longest time that another run is waited for, in minutes. */
const mostMinutes = 24 * 60;
/** Most days that `--within` looks ahead: no cadence is longer. */
const mostDays = 3650;

/**
 * What is rotated, and how.
 *
 * @throws ExpectedError where the words contradict each other, or name nothing.
 */
export function rotateOptions(
  ids: readonly string[],
  typed: TypedOptions,
  now: Date,
  { canAsk }: { readonly canAsk: boolean },
): RotateOptions {
  const { leaked, dryRun, outsideWindows } = typed;
  const moveOnly = typed.configOnly || !typed.up;
  if (leaked && moveOnly) {
    throw refused(
      "--leaked carries out every rotation itself: two accounts by turns take two runs",
      "leave out --config-only",
    );
  }
  if (typed.disableOldVersions && !leaked) {
    throw refused(
      "--disable-old-versions is a part of --leaked: without a leak, versions are for going back",
      "add --leaked, or leave it out",
    );
  }
  if (typed.yes && !typed.disableOldVersions) {
    throw refused("--yes agrees to --disable-old-versions, and nothing else is asked", "leave it out");
  }
  // Nobody would be there to agree when everything is rotated.
  if (typed.disableOldVersions && !typed.yes && !dryRun && !canAsk) {
    throw refused(
      "--disable-old-versions asks before it changes anything, and there is no terminal to ask on",
      "add --yes",
    );
  }
  const waitMs = 60_000 * wholeNumber("--wait", typed.wait ?? "0", mostMinutes);
  return {
    choice: choiceOf(ids, typed, now),
    mode: dryRun ? "plan" : moveOnly ? "move" : "run",
    leaked,
    outsideWindows,
    waitMs,
    ...(typed.disableOldVersions ? { disableOldVersions: true } : {}),
  };
}

/**
 * Whose targets are tried. Default: all.
 *
 * @throws ExpectedError where the words contradict each other.
 */
export function rehearsedChoice(ids: readonly string[], typed: TypedOptions, now: Date): Choice {
  if (typed.leaked || typed.configOnly || !typed.up || typed.dryRun) {
    throw refused("--rehearse asks targets, and rotates nothing", "leave out --leaked, --config-only and --dry-run");
  }
  const isNamed = ids.length > 0 || typed.due || typed.all;
  return choiceOf(ids, isNamed ? typed : { ...typed, all: true }, now);
}

function choiceOf(ids: readonly string[], typed: TypedOptions, now: Date): Choice {
  const { except } = typed;
  return { ...wholeChoice(ids, typed, now), ...(except.length === 0 ? {} : { except }) };
}

function wholeChoice(ids: readonly string[], { due, all, application, within }: TypedOptions, now: Date): Choice {
  const named = [...(ids.length > 0 ? ["ids"] : []), ...(due ? ["--due"] : []), ...(all ? ["--all"] : [])];
  const [kind, ...others] = named;
  if (kind === undefined) {
    throw refused("Nothing is named that is to be rotated", "name <application>/<secret>, or --due, or --all");
  }
  if (others.length > 0) throw refused("Ids, --due and --all are different choices", "give one of them");
  if (within !== undefined && !due) throw refused("--within is a part of --due", "add --due, or leave it out");
  const ofApplication = application === undefined ? {} : { application };
  if (kind === "ids") {
    if (application === undefined) return { kind: "named", ids };
    throw refused("--application is a part of --due and --all, and ids name secrets already", "leave it out");
  }
  if (kind === "--all") return { kind: "all", ...ofApplication };
  const days = wholeNumber("--within", within ?? "0", mostDays);
  const by = new Date(now.getTime() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  return { kind: "due", by, ...ofApplication };
}

function wholeNumber(option: string, text: string, most: number): number {
  if (/^\d{1,6}$/.test(text) && Number(text) <= most) return Number(text);
  throw refused(
    `${option} is "${clippedName(text)}", which is no whole number from 0 to ${most}`,
    `${option} ${option === "--wait" ? 10 : 7}`,
  );
}

function refused(problem: string, fix: string): ExpectedError {
  return new ExpectedError(`${problem}. Nothing was changed.\n    fix: ${fix}`);
}
