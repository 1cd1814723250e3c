import { removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import { frozenKeys } from "../../../components/values/derived.ts";
import { epochName } from "../../../components/values/frozen.ts";
import { otherEpochs } from "../../../components/values/previous.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";

/** Whether a run begins a rotation: the state has an older value, and none of the epoch of the description. */
export function beginsRotation(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  return isMadeHere(spec) && frozenKeys(spec).some((key) => !isMade(spec, key, names) && hasOlder(spec, key, names));
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
 * The command that takes back the epoch of a rotation that has not begun: no run has made a value of it.
 *
 * @param names logical names of what the state has.
 */
export function epochBackCommand(spec: SecretSpec, names: ReadonlySet<string>): string {
  const path = ["rotations", spec.id];
  const before = frozenKeys(spec)
    .flatMap((key) => otherEpochs(spec, key, names))
    .flatMap((name) => name.split("@").slice(1))
    .sort()
    .at(-1);
  // The first epoch has no entry.
  return before === undefined ? removeCommand(path) : setCommand(path, before);
}
