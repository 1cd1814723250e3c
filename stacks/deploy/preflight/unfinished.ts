import { configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { frozenKeys } from "../../../components/values/derived.ts";
import { epochIn, epochName, isEpochOf } from "../../../components/values/frozen.ts";
import { otherEpochs } from "../../../components/values/previous.ts";
import { epochBackCommand } from "../../../components/values/rotations.ts";
import { initialEpoch, isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";

/** Rotations of two accounts by turns that may not begin yet: which of the two clients use is not known. Pure. */
export function unfinishedRotations(secrets: readonly SecretSpec[], names: ReadonlySet<string>): readonly Issue[] {
  return secrets
    .filter(isMadeHere)
    .flatMap((spec) => [...unfinishedIssues(spec, names), ...unknownAccountIssues(spec, names)]);
}

/**
 * Of two accounts by turns, one is in use and the other gets the new password. While a rotation is not finished, both may be:
 * another one would change the password of an account that clients log in with.
 */
function unfinishedIssues(spec: SecretSpec, names: ReadonlySet<string>): readonly Issue[] {
  return Object.entries(spec.keys).flatMap(([key, { kind }]): readonly Issue[] => {
    if (kind !== "alternating" || names.has(epochName(spec, key))) return [];
    const others = otherEpochs(spec, key, names);
    const last = others.at(-1);
    if (others.length < 2 || last === undefined) return [];
    const newest = epochIn(last);
    return [
      {
        path: configPath(["rotations", spec.id]),
        problem: `the rotation at ${newest} is not finished: which of the two accounts clients use is not known`,
        fix: `${setCommand(["rotations", spec.id], newest)} && pulumi up; then rotate again`,
      },
    ];
  });
}

/**
 * Of a secret that had one account so far, the state does not say which of the two that is: the rotation would begin with the first
 * one, which clients use. A run without a rotation gives it its present password again, and keeps which one it is.
 */
function unknownAccountIssues(spec: SecretSpec, names: ReadonlySet<string>): readonly Issue[] {
  const begins = spec.epoch !== initialEpoch && frozenKeys(spec).every((key) => !names.has(epochName(spec, key)));
  if (!begins || !wasMade(spec, names)) return [];
  return Object.entries(spec.keys).flatMap(([key, { kind }]): readonly Issue[] => {
    if (kind !== "alternating" || isKnown(spec, key, names)) return [];
    return [
      {
        path: configPath(["rotations", spec.id]),
        problem: `a rotation begins in the run in which ${key} becomes one of two accounts by turns: which of them clients use is not known yet, and its password would change`,
        fix: `first change the catalogue alone: ${epochBackCommand(spec, names)} && pulumi up; then rotate again`,
      },
    ];
  });
}

/** Whether the state has a value of the secret, or what a target was told of one that people provide: see `toldAccountName`. */
function wasMade(spec: SecretSpec, names: ReadonlySet<string>): boolean {
  return Object.keys(spec.keys).some(
    (key) => isKnown(spec, key, names) || [...names].some((name) => name.startsWith(`${spec.id}/${key}/`)),
  );
}

function isKnown(spec: SecretSpec, key: string, names: ReadonlySet<string>): boolean {
  return [...names].some((name) => isEpochOf(spec, key, name));
}
