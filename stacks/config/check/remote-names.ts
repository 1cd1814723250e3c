import type { RemoteStoreSpec } from "../../../components/backends/index.ts";
import { namingPath } from "../../../components/backends/remote-names.ts";
import { removeCommand, removeIfGone, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { listed, thereAre } from "../../../components/support/messages/suggestions.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { placementsOf, type Environment, type Placement } from "../environment.ts";

type Named = Pick<Environment, "stores" | "secrets" | "placements">;

/**
 * Entries of `remoteNames` that name nothing: whoever wrote one believes that an object has its name. What a store says of
 * the names themselves is a matter of `checkPlacements`. Pure.
 */
export function checkRemoteNames(environment: Named): readonly Issue[] {
  return [...environment.stores.values()].flatMap((store) =>
    Object.keys(store.remoteNames ?? {}).flatMap((entry) => {
      const problem = problemOf(environment, store, entry);
      return problem === undefined ? [] : [{ path: namingPath(store.name, { namedBy: entry }), ...problem }];
    }),
  );
}

type Problem = Omit<Issue, "path">;

function problemOf(environment: Named, store: RemoteStoreSpec, entry: string): Problem | undefined {
  const { secrets } = environment;
  const [app = "", name = "", ...rest] = entry.split("/");
  const id = `${app}/${name}`;
  const key = rest.length === 0 ? undefined : rest.join("/");
  const secret = secrets.find((each) => each.id === id);
  const path = namingPath(store.name, { namedBy: entry });
  if (secret === undefined) {
    return {
      problem: `no such secret; ${thereAre(
        id,
        secrets.map((each) => each.id),
      )}`,
      fix: removeIfGone(path),
    };
  }
  const fix = removeCommand(path);
  const keys = Object.keys(secret.keys);
  if (key !== undefined && !keys.includes(key)) {
    return { problem: `the secret has no key ${quotedName(key)} in this environment; it has ${listed(keys)}`, fix };
  }
  const placement = placementsOf(environment, id).find((each) => each.store.name === store.name);
  if (placement === undefined) {
    return { problem: `has no effect: no namespace that gets the secret reads store ${store.name}`, fix };
  }
  if (placement.objects.some(({ namedBy }) => namedBy === entry)) return undefined;
  return unused(placement, entry, secret);
}

/** Why an entry for a secret of the store names none of its objects. */
function unused({ store, objects }: Placement, entry: string, { id, keys, primaryKey }: SecretSpec): Problem {
  const path = (namedBy: string) => namingPath(store.name, { namedBy });
  if (objects.some(({ layout }) => layout === "bundle")) {
    const problem = `has no effect: store ${store.name} keeps all keys of ${id} in one object`;
    return { problem, fix: `${removeCommand(path(entry))}, and name the object: ${path(id)}` };
  }
  const all = Object.keys(keys);
  const itself = primaryKey ?? (all.length === 1 ? all[0] : undefined);
  if (itself !== undefined) {
    const problem = `has no effect beside ${path(`${id}/${itself}`)}, which names the same object`;
    return { problem, fix: removeCommand(path(entry)) };
  }
  const each = all.map((key) => path(`${id}/${key}`));
  return {
    problem: `has no effect: store ${store.name} keeps each key of ${id} in an object of its own`,
    fix: `name each of them: ${listed(each)}; or keep the keys in one object: ${setCommand(["stores", store.name, "layout"], "bundle")}`,
  };
}
