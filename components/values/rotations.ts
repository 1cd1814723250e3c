import { removeCommand, setCommand } from "../support/messages/config-command.ts";
import { frozenKeys } from "./derived.ts";
import { epochName } from "./frozen.ts";
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
 * Whether a rotation is taken back that was not finished: the state has a newer value, and still every value of the epoch of the
 * description, which a finished rotation removes.
 */
export function isTakenBack(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  const newest = newestOther(spec, names);
  return newest !== undefined && isOlder(spec.epoch, newest) && hasWhole(spec, names);
}

/**
 * The command that takes back the epoch of a rotation, begun or not: the one before is in force again.
 *
 * @param names logical names of what the state has.
 */
export function epochBackCommand(spec: SecretSpec, names: ReadonlySet<string>): string {
  const path = ["rotations", spec.id];
  const before = newestOther(spec, names);
  // The first epoch has no entry.
  return before === undefined || before === initialEpoch ? removeCommand(path) : setCommand(path, before);
}

/**
 * The same of a rotation that this run begins or goes on with; `undefined` where the state does not have every value of the epoch before.
 */
export function takeBackCommand(spec: SecretSpec, names: ReadonlySet<string>): string | undefined {
  if (!beginsRotation(spec, names) && !hasBegunRotation(spec, names)) return undefined;
  const epoch = newestOther(spec, names);
  if (epoch === undefined || !isOlder(epoch, spec.epoch) || !hasWhole({ ...spec, epoch }, names)) return undefined;
  return epochBackCommand(spec, names);
}

/** The newest epoch, but for that of the description, of which the state has a value. */
function newestOther(spec: SecretSpec, names: ReadonlySet<string>): string | undefined {
  return frozenKeys(spec)
    .flatMap((key) => otherEpochs(spec, key, names).map((name) => name.split("@").at(1) ?? initialEpoch))
    .reduce<string | undefined>(
      (newest, each) => (newest === undefined || isOlder(newest, each) ? each : newest),
      undefined,
    );
}

/** Whether an epoch came before another one: the first one before every date. */
function isOlder(epoch: string, other: string): boolean {
  return other !== initialEpoch && (epoch === initialEpoch || epoch < other);
}

function hasWhole(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  return frozenKeys(spec).every((key) => isMade(spec, key, names));
}
