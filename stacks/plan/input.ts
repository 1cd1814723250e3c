import { clientBurst, clientQps } from "../../components/external-secrets/operator/values.ts";
import type { StoreTraits } from "../../components/backends/backend.ts";
import { backendOf, isRemote, type RemoteStoreSpec } from "../../components/backends/index.ts";
import type { DeliverySpec } from "../../components/delivery/contract.ts";
import type { EnvironmentSpec } from "../config/environment.ts";
import type { Consumer, PlanInput, PlannedObject, PlannedStore } from "./plan.ts";

/** The parts of an environment that cost and load follow from. */
export type PlannedEnvironment = Pick<
  EnvironmentSpec,
  "stores" | "clusters" | "namespaces" | "secrets" | "deliveries" | "refreshSeconds"
>;

/** A namespace of one cluster, with the store that it reads and those that its secrets are written to as well. */
interface Placement {
  readonly name: string;
  readonly cluster: string;
  readonly store: string;
  readonly alsoStores?: readonly string[];
}

/** The planner's view of an environment. Pure. Stores of kind `kubernetes` are in no plan: nothing is read from them. */
export function planInputOf(spec: PlannedEnvironment): PlanInput {
  const stores = remoteStores(spec);
  const byName = new Map(stores.map((store) => [store.name, store]));
  return {
    refreshSeconds: spec.refreshSeconds,
    stores: stores.map((store) => plannedStore(store, spec)),
    clusters: [...spec.clusters.values()].map(({ name, externalSecrets: { concurrency } }) => ({
      name,
      concurrency,
      clientQps,
      clientBurst,
    })),
    consumers: spec.deliveries.flatMap((delivery) =>
      placementsOf(spec, delivery).flatMap((placement): readonly Consumer[] => {
        const store = byName.get(placement.store);
        if (store === undefined) return [];
        const reads = readsOf(delivery, store, spec);
        return [
          {
            cluster: placement.cluster,
            store: store.name,
            reads: { standard: 0, advanced: 0, [backendOf(store).traits(store).size]: reads },
          },
        ];
      }),
    ),
  };
}

/** Where a delivery goes. */
export function placementsOf(spec: PlannedEnvironment, { namespace }: DeliverySpec): readonly Placement[] {
  return [...spec.namespaces.values()].filter(({ name }) => name === namespace);
}

/** Remote stores that something is written to. */
function remoteStores(spec: PlannedEnvironment): readonly RemoteStoreSpec[] {
  const placements: readonly Placement[] = spec.deliveries.flatMap((delivery) => placementsOf(spec, delivery));
  const used = new Set(placements.flatMap(({ store, alsoStores = [] }) => [store, ...alsoStores]));
  return [...spec.stores.values()].filter(isRemote).filter(({ name }) => used.has(name));
}

function plannedStore(store: RemoteStoreSpec, spec: PlannedEnvironment): PlannedStore {
  const { name, kind } = store;
  const { layout, locations, customerKey, size } = backendOf(store).traits(store);
  const written = new Set(
    spec.deliveries
      .filter((delivery) =>
        placementsOf(spec, delivery).some((each) => each.store === name || each.alsoStores?.includes(name)),
      )
      .flatMap(({ keys }) => keys.map(({ secret }) => secret)),
  );
  return {
    name,
    kind,
    layout,
    locations,
    customerKey,
    objects: spec.secrets.filter(({ id }) => written.has(id)).flatMap((secret) => objectsOf(secret, { layout, size })),
  };
}

/** One object for a bundle, else one for each key. A version replaces the one before it. */
function objectsOf(
  { keys, referenced }: PlannedEnvironment["secrets"][number],
  { layout, size }: Pick<StoreTraits, "layout" | "size">,
) {
  const length = layout === "bundle" ? 1 : Object.keys(keys).length;
  const object: PlannedObject = { size, versions: 1, referenced };
  return Array.from({ length }, () => object);
}

/** Calls that a refresh makes, by the same rule as `selectReads`: whole bundles in one call, everything else key by key. */
function readsOf(delivery: DeliverySpec, store: RemoteStoreSpec, spec: PlannedEnvironment): number {
  const ids = [...new Set(delivery.keys.map(({ secret }) => secret))];
  const backend = backendOf(store);
  const bundled = backend.traits(store).layout === "bundle";
  return ids
    .map((id) => {
      const wanted = delivery.keys.filter(({ secret }) => secret === id);
      const all = Object.keys(spec.secrets.find((each) => each.id === id)?.keys ?? {}).length;
      const whole = bundled && wanted.length === all && wanted.every(({ key, from }) => key === from);
      if (whole) return 1;
      const objects = bundled ? 1 : new Set(wanted.map(({ from }) => from)).size;
      return backend.readsPer === "object" ? objects : wanted.length;
    })
    .reduce((total, reads) => total + reads, 0);
}
