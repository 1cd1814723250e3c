import { configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { epochName } from "../../../components/values/frozen.ts";
import { otherEpochs } from "../../../components/values/previous.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";

/** Rotations that may not begin before the one before them is finished. Pure. */
export function unfinishedRotations(secrets: readonly SecretSpec[], names: ReadonlySet<string>): readonly Issue[] {
  return secrets.filter(isMadeHere).flatMap((spec) => unfinishedIssues(spec, names));
}

/**
 * Of two accounts by turns, one is in use and the other gets the new password. While a rotation is not finished, both may be:
 * another one would change the password of an account that clients log in with.
 */
function unfinishedIssues(spec: SecretSpec, names: ReadonlySet<string>): readonly Issue[] {
  return Object.entries(spec.keys).flatMap(([key, { kind }]): readonly Issue[] => {
    if (kind !== "alternating" || names.has(epochName(spec, key))) return [];
    const others = otherEpochs(spec, key, names);
    const newest = others.at(-1)?.split("@").at(-1);
    if (others.length < 2 || newest === undefined) return [];
    return [
      {
        path: configPath(["rotations", spec.id]),
        problem: `the rotation at ${newest} is not finished: which of the two accounts clients use is not known`,
        fix: `${setCommand(["rotations", spec.id], newest)} && pulumi up; then rotate again`,
      },
    ];
  });
}
