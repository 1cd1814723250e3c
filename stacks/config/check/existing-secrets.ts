import type { Issue } from "../../../components/support/errors.ts";
import { shownName, thereAre } from "../../../components/support/names.ts";
import { isMadeHere, preferredHolder } from "../../../components/values/secret-spec.ts";
import { placementsOf, type Environment } from "../environment.ts";
import type { Delivered } from "../resolve/namespaces.ts";

/**
 * Entries of `existingSecrets` and `adopt` that say nothing, or something that can't be done. Pure.
 *
 * @param delivered every Secret, be its namespace resolved or not.
 */
export function checkExisting(spec: Environment, delivered: readonly Delivered[]): readonly Issue[] {
  return [...existingIssues(spec, delivered), ...chosenIssues(spec, delivered)];
}

/** Whose values are kept is said by the name of somebody who may hold them. */
function chosenIssues(spec: Environment, delivered: readonly Delivered[]): readonly Issue[] {
  return spec.secrets.flatMap((secret) => {
    const { id } = secret;
    const preferred = preferredHolder(secret);
    if (preferred === undefined) return [];
    const clusters = delivered.flatMap(({ cluster, delivery }) =>
      delivery.keys.some((each) => each.secret === id) ? [cluster] : [],
    );
    const stores = placementsOf(spec, id).map(({ store }) => store.name);
    const known = [...new Set([...stores, ...clusters])].sort();
    if (known.includes(preferred)) return [];
    const problem = `${shownName(preferred)} is neither a store nor a cluster of this secret; ${thereAre(preferred, known)}`;
    return [{ path: `adopt["${id}"]`, problem }];
  });
}

function existingIssues(spec: Environment, placed: readonly Delivered[]): readonly Issue[] {
  const byId = new Map(spec.secrets.map((secret) => [secret.id, secret]));
  return Object.entries(spec.existingSecrets).flatMap(([name, choice]): readonly Issue[] => {
    const path = `existingSecrets["${name}"]`;
    const remove = `pulumi config rm --path '${path}'`;
    const meant = placed.find(({ cluster, delivery: { namespace, secretName } }) =>
      [`${namespace}/${secretName}`, `${cluster}/${namespace}/${secretName}`].includes(name),
    );
    if (meant === undefined) {
      const known = placed.map(({ delivery: { namespace, secretName } }) => `${namespace}/${secretName}`);
      return [{ path, problem: `no such Secret is delivered; ${thereAre(name, [...new Set(known)].sort())}` }];
    }
    if (meant.delivery.merge) {
      return [{ path, problem: "the catalogue merges into this Secret already (merge: true)", fix: remove }];
    }
    const strange = meant.delivery.keys.find(({ secret }) => {
      const source = byId.get(secret);
      return source !== undefined && !isMadeHere(source);
    });
    if (choice !== "adopt" || strange === undefined) return [];
    return [
      {
        path,
        problem: `${strange.secret} is not made by this stack, so no value can be taken over for it from a Secret`,
        fix: `write over its keys and leave the others: pulumi config set --path '${path}' merge`,
      },
    ];
  });
}
