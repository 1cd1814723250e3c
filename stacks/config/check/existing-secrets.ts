import type { DeliverySpec } from "../../../components/delivery/contract.ts";
import { isRemote } from "../../../components/backends/index.ts";
import type { Issue } from "../../../components/support/errors.ts";
import { deliveriesTo, storesOf, type EnvironmentSpec } from "../environment.ts";

/** Entries of `existingSecrets` and `adopt` that say nothing, or something that can't be done. Pure. */
export function checkExisting(spec: EnvironmentSpec): readonly Issue[] {
  return [...existingIssues(spec), ...chosenIssues(spec)];
}

/** Whose values are kept is said by the name of somebody who may hold them. */
function chosenIssues(spec: EnvironmentSpec): readonly Issue[] {
  return spec.secrets.flatMap(({ id, adoptFrom }) => {
    if (adoptFrom === undefined) return [];
    const reads = (delivery: DeliverySpec) => delivery.keys.some(({ secret }) => secret === id);
    const clusters = [...spec.namespaces.values()].flatMap((place) =>
      deliveriesTo(spec, place).some(reads) ? [place.cluster] : [],
    );
    // One of kind `kubernetes` holds nothing itself.
    const stores = storesOf(spec, id).filter((name) => {
      const store = spec.stores.get(name);
      return store === undefined || isRemote(store);
    });
    const known = [...new Set([...stores, ...clusters])].sort();
    if (known.includes(adoptFrom)) return [];
    const problem = `neither a store nor a cluster of this secret has this name; there are ${known.join(", ")}`;
    return [{ path: `adopt["${id}"]`, problem: `${problem}, received "${adoptFrom}"` }];
  });
}

function existingIssues(spec: EnvironmentSpec): readonly Issue[] {
  const byId = new Map(spec.secrets.map((secret) => [secret.id, secret]));
  const placed = [...spec.namespaces.values()].flatMap((namespace) =>
    deliveriesTo(spec, namespace).map((delivery) => ({ cluster: namespace.cluster, delivery })),
  );
  return Object.entries(spec.existingSecrets).flatMap(([name, choice]): readonly Issue[] => {
    const path = `existingSecrets["${name}"]`;
    const remove = `pulumi config rm --path '${path}'`;
    const meant = placed.find(({ cluster, delivery: { namespace, secretName } }) =>
      [`${namespace}/${secretName}`, `${cluster}/${namespace}/${secretName}`].includes(name),
    );
    if (meant === undefined) {
      const known = placed.map(({ delivery: { namespace, secretName } }) => `${namespace}/${secretName}`);
      return [{ path, problem: `no such Secret is delivered; there are ${[...new Set(known)].sort().join(", ")}` }];
    }
    if (meant.delivery.merge) {
      return [{ path, problem: "the catalogue merges into this Secret already (merge: true)", fix: remove }];
    }
    const strange = meant.delivery.keys.find(({ secret }) => {
      const source = byId.get(secret);
      return source?.referenced === true || source?.generatedIn !== undefined;
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
