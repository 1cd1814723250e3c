import { removeCommand, setCommand } from "../support/messages/config-command.ts";
import { frozenKeys } from "./derived.ts";
import { epochIn, epochName, isEarlier } from "./frozen.ts";
import { otherEpochs } from "./previous.ts";
import { initialEpoch, isMadeHere, type SecretSpec } from "./secret-spec.ts";

/** Whether a run begins a rotation: the state has an older value, and none of the epoch of the description. */
export function beginsRotation(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  return isMadeHere(spec) && frozenKeys(spec).some((key) => !isMade(spec, key, names) && hasOlder(spec, key, names));
}

/** Secrets (`<app>/<secret>`) whose rotation a run begins. */
export function rotationsBegunBy(secrets: readonly SecretSpec[], names: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(secrets.filter((spec) => beginsRotation(spec, names)).map(({ id }) => id));
}

/** Whether a rotation has begun and is not finished: the state has the value of the epoch, and an older one beside it. */
export function hasBegunRotation(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  return isMadeHere(spec) && frozenKeys(spec).some((key) => isMade(spec, key, names) && hasOlder(spec, key, names));
}

function isMade(spec: SecretSpec, key: string, names: ReadonlySet<string>): boolean {
  return names.has(epochName(spec, key));
}

function hasOlder(spec: SecretSpec, key: string, names: ReadonlySet<string>): boolean {
  return otherEpochs(spec, key, names).length > 0;
}

/**
 * Whether a rotation that was not finished is rolled back: facts say that it is given up (`rollBack`), and the state still has every value
 * of the epoch of the description, which a finished rotation removes.
 */
export function isRolledBack(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  const newest = newestOther(spec, names);
  return newest !== undefined && spec.rolledBack === newest && canRollBack(spec, names);
}

/** Whether {@link isRolledBack} would hold if facts said so. */
export function canRollBack(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  const newest = newestOther(spec, names);
  return newest !== undefined && isEarlier(spec.epoch, newest) && hasWhole(spec, names);
}

/**
 * The command that takes back the epoch of a rotation that has not begun: no run has made a value of it.
 *
 * @param names logical names of what the state has.
 */
export function epochBackCommand(spec: SecretSpec, names: ReadonlySet<string>): string {
  const back = epochCommand(spec.id, newestOther(spec, names) ?? initialEpoch);
  return spec.retired === spec.epoch ? `${back} && ${removeCommand(["retirePrevious", spec.id])}` : back;
}

/** Other ways to end a rotation than to finish it, as commands before `pulumi up`. */
export interface Ways {
  /** Rolls it back. Absent where the state does not have every value of an epoch before, or its values are retired. */
  readonly back?: string;
  /** Goes on with it, where it is being rolled back. */
  readonly forward?: string;
}

/** The ways of a rotation that this run begins, goes on with, or rolls back. Pure. */
export function waysOf(spec: SecretSpec, names: ReadonlySet<string>): Ways {
  if (isRolledBack(spec, names)) return { forward: forwardCommand(spec) };
  const finished = otherWhole(spec, names);
  const isUnderWay = beginsRotation(spec, names) || hasBegunRotation(spec, names);
  // After a leak the value before must not come back.
  if (!isUnderWay || finished === undefined || spec.retired === spec.epoch) return {};
  return { back: `${epochCommand(spec.id, finished)} && ${setCommand(["rollBack", spec.id], spec.epoch)}` };
}

/** The command that goes on with the rotation that facts give up. */
export function forwardCommand({ id, epoch, rolledBack = epoch }: SecretSpec): string {
  return `${setCommand(["rotations", id], rolledBack)} && ${removeCommand(["rollBack", id])}`;
}

/** The first epoch has no entry. */
function epochCommand(id: string, epoch: string): string {
  const path = ["rotations", id];
  return epoch === initialEpoch ? removeCommand(path) : setCommand(path, epoch);
}

/**
 * The oldest epoch before that of the description of which the state has every value: that of the last rotation that was finished, whose
 * values stores and Secrets have. Of two rotations that were not, neither may have reached anything.
 */
function otherWhole(spec: SecretSpec, names: ReadonlySet<string>): string | undefined {
  const whole = otherEpochsOf(spec, names).filter(
    (epoch) => isEarlier(epoch, spec.epoch) && hasWhole({ ...spec, epoch }, names),
  );
  return whole.reduce<string | undefined>(
    (oldest, each) => (oldest === undefined || isEarlier(each, oldest) ? each : oldest),
    undefined,
  );
}

/** The newest epoch, but for that of the description, of which the state has a value. */
function newestOther(spec: SecretSpec, names: ReadonlySet<string>): string | undefined {
  return otherEpochsOf(spec, names).reduce<string | undefined>(
    (newest, each) => (newest === undefined || isEarlier(newest, each) ? each : newest),
    undefined,
  );
}

function otherEpochsOf(spec: SecretSpec, names: ReadonlySet<string>): readonly string[] {
  return frozenKeys(spec).flatMap((key) => otherEpochs(spec, key, names).map((name) => epochIn(name)));
}

function hasWhole(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  return frozenKeys(spec).every((key) => isMade(spec, key, names));
}
