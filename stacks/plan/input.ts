import { clientBurst, clientQps } from "../../components/external-secrets/operator/values.ts";
import { backendOf, type RemoteStoreSpec } from "../../components/backends/index.ts";
import type { DeliverySpec } from "../../components/delivery/contract.ts";
import { selectReads } from "../../components/delivery/selection.ts";
import { readsStore, type Environment, type Placement } from "../config/environment.ts";
import type { Consumer, PlanInput, PlannedObject, PlannedStore } from "./plan.ts";

/** The parts of an environment that cost and load follow from. */
export type PlannedEnvironment = Pick<
  Environment,
  "stores" | "clusters" | "namespaces" | "placements" | "refreshSeconds"
>;

/** The planner's view of an environment. Pure. What is delivered plain is in no plan: nothing is read for it. */
export function planInputOf({
  clusters,
  namespaces,
  placements,
  refreshSeconds,
  ...rest
}: PlannedEnvironment): PlanInput {
  const written = new Set(placements.map(({ store }) => store.name));
  const stores = [...rest.stores.values()];
  return {
    refreshSeconds,
    stores: stores.filter(({ name }) => written.has(name)).map((store) => plannedStore(store, placements)),
    clusters: [...clusters.values()].map(({ spec: { name, externalSecrets } }) => ({
      name,
      concurrency: externalSecrets.concurrency,
      clientQps,
      clientBurst,
    })),
    consumers: namespaces.filter(readsStore).flatMap(({ store, cluster, deliveries }) =>
      deliveries
        .filter(({ via }) => via === "external-secret")
        .map((delivery): Consumer => {
          const calls = callsOf(delivery, store, placements);
          const reads = { standard: 0, advanced: 0, [backendOf(store).traits(store).size]: calls };
          return { cluster: cluster.name, store: store.name, reads };
        }),
    ),
  };
}

function plannedStore(store: RemoteStoreSpec, placements: readonly Placement[]): PlannedStore {
  const { name, kind } = store;
  const { layout, locations, customerKey, size } = backendOf(store).traits(store);
  // A version replaces the one before it.
  const object = ({ secret }: Placement): PlannedObject => ({
    size,
    versions: 1,
    referenced: secret.origin.kind === "referenced",
  });
  return {
    name,
    kind,
    layout,
    locations,
    customerKey,
    objects: placements
      .filter((each) => each.store.name === name)
      .flatMap((placement) => placement.objects.map(() => object(placement))),
  };
}

/** Calls that a refresh of a Secret makes. */
function callsOf(delivery: DeliverySpec, store: RemoteStoreSpec, placements: readonly Placement[]): number {
  const stored = placements
    .filter((each) => each.store.name === store.name)
    .map(({ secret, objects }) => [secret.id, { objects: objects.map((object) => ({ object })) }] as const);
  const { extract, data } = selectReads(delivery, new Map(stored));
  const isAskedOnce = backendOf(store).readsPer === "object";
  return extract.length + (isAskedOnce ? new Set(data.map(({ ref }) => ref.key)).size : data.length);
}
