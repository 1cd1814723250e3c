import { configPath, removeCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { forwardCommand } from "../../../components/values/rotations.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";

/** Entries of `rollBack` that give up what `rotations` still names, or nothing. An older one may stay until somebody removes it. Pure. */
export function checkRolledBack(secrets: readonly SecretSpec[]): readonly Issue[] {
  return secrets.flatMap((secret): readonly Issue[] => {
    const { id, rolledBack, epoch } = secret;
    if (rolledBack === undefined) return [];
    const path = configPath(["rollBack", id]);
    if (!isMadeHere(secret)) {
      return [{ path, problem: "has no effect: the secret is not rotated here", fix: removeCommand(["rollBack", id]) }];
    }
    if (rolledBack !== epoch) return [];
    return [
      {
        path,
        problem: `gives up the rotation ${epoch}, which rotations["${id}"] names`,
        fix: `to go on with it: ${forwardCommand(secret)}; to give it up: set rotations["${id}"] to the rotation before, or remove it where that was the first`,
      },
    ];
  });
}
