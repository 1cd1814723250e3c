import type { DeliverySpec } from "../components/delivery/contract.ts";
import type { takenSecrets } from "../components/delivery/taken.ts";
import type { StateResource } from "../components/stores/contract.ts";
import { RefusedError, type Issue } from "../components/support/errors.ts";
import type { EnvironmentSpec } from "./environment.ts";
import { placementKey } from "./resolve-namespaces.ts";

/**
 * The same question for stores of kind `kubernetes`, whose objects are the Secrets themselves: a name that is taken, and
 * that the state does not know, is refused before the first write. Clusters are asked only about names that are new.
 */
export async function preflightPlain(
  spec: EnvironmentSpec,
  state: readonly StateResource[],
  askCluster: typeof takenSecrets,
): Promise<void> {
  const known = new Set(state.filter(({ type }) => type === "kubernetes:core/v1:Secret").map(({ name }) => name));
  const issues: Issue[] = [...formerlyRemote(spec, state)];
  for (const cluster of spec.clusters.values()) {
    if (cluster.upsertExistingObjects) continue;
    const wanted = plainDeliveries(spec, cluster.name).filter(
      ({ namespace, secretName }) => !known.has(`${cluster.name}/${namespace}/${secretName}`),
    );
    const taken = wanted.length === 0 ? [] : await askCluster(cluster, wanted);
    for (const name of taken) {
      issues.push({
        path: `clusters.${cluster.name}`,
        problem: `Secret ${name} exists, and the state does not know it: its values would be overwritten`,
        fix: `remove it (kubectl -n ${name.replace("/", " delete secret ")}), or overwrite it: pulumi config set --path 'clusters.${cluster.name}.upsertExistingObjects' true`,
      });
    }
  }
  if (issues.length > 0) throw new RefusedError(spec.name, issues);
}

/**
 * A Secret that an ExternalSecret of this stack owns: removing the one, which is what a change of store does, would
 * remove the other after it was written.
 */
function formerlyRemote(spec: EnvironmentSpec, state: readonly StateResource[]): readonly Issue[] {
  const external = new Set(state.filter(({ type }) => type.endsWith(":ExternalSecret")).map(({ name }) => name));
  return [...spec.clusters.keys()].flatMap((cluster) =>
    plainDeliveries(spec, cluster)
      .filter(({ namespace, secretName }) => external.has(`${cluster}/${namespace}/${secretName}`))
      .map(({ namespace, secretName }) => ({
        path: `namespaces["${namespace}"].store`,
        problem: `Secret ${secretName} is owned by an ExternalSecret of this stack, which this change would remove, and the Secret with it`,
        fix: "keep the store; a namespace can't move from a remote store to plain Secrets while an application uses them",
      })),
  );
}

/** Secrets of our own that are written directly. Merged ones exist already, by design. */
function plainDeliveries(spec: EnvironmentSpec, cluster: string): readonly DeliverySpec[] {
  return spec.deliveries.filter(({ namespace, merge }) => {
    const place = spec.namespaces.get(placementKey({ cluster, name: namespace }));
    return !merge && place !== undefined && spec.stores.get(place.store)?.kind === "kubernetes";
  });
}
