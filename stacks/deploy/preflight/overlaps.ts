import { configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { own } from "../../../components/support/own.ts";
import { frozenNames } from "../../../components/values/derived.ts";
import { epochName } from "../../../components/values/frozen.ts";
import { dayOf, overlapOf } from "../../../components/values/previous-of.ts";
import { otherEpochs } from "../../../components/values/previous.ts";
import type { PreviousRecipe } from "../../../components/values/recipe.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";

export interface OverlapsArgs {
  readonly secrets: readonly SecretSpec[];
  /** Logical names of the state. */
  readonly names: ReadonlySet<string>;
  /** Time of the run. Default: no time has ended. */
  readonly now?: Date | undefined;
}

interface HeldKey {
  readonly spec: SecretSpec;
  readonly key: string;
  readonly recipe: PreviousRecipe;
}

/**
 * Rotations by which a value would stop working that clients may still use: one within the time that the rotation before it
 * gave to the value before that, and one that is dated so far back that its own time is over. One that has begun goes on. Pure.
 */
export function overlapIssues({ secrets, names, now }: OverlapsArgs): readonly Issue[] {
  return heldKeys(secrets)
    .filter(({ spec }) => !hasBegun(spec, names))
    .flatMap((held) => issueOf(held, names, now) ?? []);
}

/** What a run does about values from before the last rotation, one line each. Pure. */
export function overlapNotes({ secrets, names }: Omit<OverlapsArgs, "now">): readonly string[] {
  return heldKeys(secrets).flatMap(({ spec, key, recipe: { of } }): readonly string[] => {
    const overlap = own(spec.overlaps ?? {}, key);
    if (overlap === undefined) return [];
    const others = otherEpochs(spec, of, names);
    if (!overlap.isOver) {
      const isHeld = names.has(epochName(spec, key)) || others.length > 0;
      return isHeld
        ? [`${spec.id} ${key}: the value that ${of} had before ${spec.epoch}, valid until ${overlap.until}`]
        : [];
    }
    const ended = isRetired(spec) ? "is retired" : `was valid until ${overlap.until}`;
    return names.has(epochName(spec, key)) || (others.length > 0 && !hasBegun(spec, names))
      ? [
          `${spec.id} ${key}: the value before ${spec.epoch} ${ended}, and is removed: the key becomes the same as ${of}`,
        ]
      : [];
  });
}

/** Whether facts retire the value before the last rotation. */
function isRetired({ retired, epoch }: SecretSpec): boolean {
  return retired !== undefined && Date.parse(retired) >= Date.parse(epoch);
}

function heldKeys(secrets: readonly SecretSpec[]): readonly HeldKey[] {
  return secrets
    .filter(isMadeHere)
    .flatMap((spec) =>
      Object.entries(spec.keys).flatMap(([key, recipe]) => (recipe.kind === "previous" ? [{ spec, key, recipe }] : [])),
    );
}

/** Whether an earlier run made a value of this epoch: what follows from it is decided. */
function hasBegun(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  return Object.entries(spec.keys).some(([key, recipe]) =>
    frozenNames(key, recipe).some((name) => names.has(epochName(spec, name))),
  );
}

function issueOf({ spec, key, recipe }: HeldKey, names: ReadonlySet<string>, now: Date | undefined): Issue | undefined {
  const { id, epoch, retired } = spec;
  const [of] = otherEpochs(spec, recipe.of, names).slice(-1);
  // Without a value from before there is nothing that could stop working.
  if (of === undefined) return undefined;
  const path = configPath(["rotations", id]);
  const overlap = own(spec.overlaps ?? {}, key);
  if (overlap?.isOver === true && !isRetired(spec) && now !== undefined) {
    return {
      path,
      problem: `is ${epoch}, and the value before a rotation stays valid for ${recipe.days} days (${key}): that time is over already, and the value in use would stop working at once`,
      fix: `date the rotation today: ${setCommand(["rotations", id], dayOf(now))}; or, where that value must stop working: ${setCommand(["retirePrevious", id], epoch)}`,
    };
  }
  const before = epochIn(otherEpochs(spec, key, names).at(-1));
  if (before === undefined) return undefined;
  const running = overlapOf({ rotatedAt: before, days: recipe.days, retired, now });
  if (running.isOver) return undefined;
  return {
    path,
    problem: `the value before the rotation of ${before} is valid until ${running.until} (${key}), and another rotation would end that`,
    fix: `rotate after that day; or, where that value may stop working: ${setCommand(["retirePrevious", id], before)}`,
  };
}

/** The epoch of a logical name. Nothing from before is kept in the first one. */
function epochIn(name: string | undefined): string | undefined {
  const at = name?.lastIndexOf("@") ?? -1;
  return at === -1 ? undefined : name?.slice(at + 1);
}
