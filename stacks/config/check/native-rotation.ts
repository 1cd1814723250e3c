import { nativeRotationPath } from "../../../components/backends/native-rotation.ts";
import { referencePath } from "../../../components/backends/references.ts";
import { removeCommand, removeIfGone, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { thereAre } from "../../../components/support/messages/suggestions.ts";
import { placementsOf, type Environment } from "../environment.ts";

/**
 * Secrets that a store is to rotate with a function. Only what somebody else writes: the value of a rotation would be
 * drift of what this program writes, and its next write would undo it. Pure.
 */
export function checkNativeRotation(
  environment: Pick<Environment, "stores" | "secrets" | "placements">,
): readonly Issue[] {
  return [...environment.stores.values()].flatMap((store) =>
    Object.keys(store.nativeRotations ?? {}).flatMap((id): readonly Issue[] => {
      const path = nativeRotationPath(store.name, id);
      const ids = environment.secrets.map((each) => each.id);
      if (!ids.includes(id)) {
        return [{ path, problem: `no such secret; ${thereAre(id, ids)}`, fix: removeIfGone(path) }];
      }
      const placement = placementsOf(environment, id).find((each) => each.store.name === store.name);
      if (placement === undefined) {
        return [{ path, problem: `has no effect: the secret is not in store ${store.name}`, fix: removeCommand(path) }];
      }
      if (placement.referencedBy === undefined) {
        return [
          {
            path,
            problem: `this program writes the secret to store ${store.name}: its next write would undo a rotation, and until then the stack and the store would differ`,
            fix: `leave the value to the function: ${setCommand(referencePath(store.name, id), true)}`,
          },
        ];
      }
      if (placement.replicaOf !== undefined) {
        return [
          {
            path,
            problem: `store ${store.name} holds a replica of what store ${placement.replicaOf} has, and Secrets Manager rotates no replica`,
            fix: removeCommand(path),
          },
        ];
      }
      if (placement.objects.length === 1) return [];
      return [
        {
          path,
          problem: `the secret is in ${placement.objects.length} objects, and a function rotates one`,
          fix: setCommand(`${referencePath(store.name, id)}.layout`, "bundle"),
        },
      ];
    }),
  );
}
