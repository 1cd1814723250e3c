import { clientBurst, clientQps } from "../../components/external-secrets/operator/values.ts";
import { callsOfMount } from "../../components/backends/identities.ts";
import { backendOf, type RemoteStoreSpec } from "../../components/backends/index.ts";
import { isMounted, isSynced, type DeliverySpec } from "../../components/delivery/contract.ts";
import { mountedFiles } from "../../components/delivery/mounted-files.ts";
import { selectReads, type ReadableSecret } from "../../components/delivery/selection.ts";
import type { Environment, Placement } from "../config/environment.ts";
import { usesStore } from "../config/store-use.ts";
import type { Consumer, PlanInput, PlannedObject, PlannedStore } from "./contract.ts";

/** The parts of an environment that cost and load follow from. */
export type PlannedEnvironment = Pick<
  Environment,
  "stores" | "clusters" | "namespaces" | "placements" | "refreshSeconds"
>;

/** The planner's view of an environment. Pure. What comes from no store is in no plan: nothing is read for it. */
export function planInputOf({
  clusters,
  namespaces,
  placements,
  refreshSeconds,
  ...rest
}: PlannedEnvironment): PlanInput {
  const byStore = Map.groupBy(placements, ({ store }) => store.name);
  const readable = new Map([...byStore].map(([name, each]) => [name, readableSecrets(each)]));
  return {
    refreshSeconds,
    stores: [...rest.stores.values()].flatMap((store) => {
      const here = byStore.get(store.name);
      return here === undefined ? [] : [plannedStore(store, here)];
    }),
    clusters: [...clusters.values()].map(({ spec: { name, externalSecrets } }) => ({
      name,
      concurrency: externalSecrets.concurrency,
      clientQps,
      clientBurst,
    })),
    consumers: namespaces.filter(usesStore).flatMap((namespace) => {
      const { store } = namespace;
      const secrets: ReadonlyMap<string, ReadableSecret> = readable.get(store.name) ?? new Map();
      const size = backendOf(store).traits(store).size;
      const consumer = (calls: number): Consumer => ({
        cluster: namespace.cluster.name,
        store: store.name,
        reads: { standard: 0, advanced: 0, [size]: calls },
      });
      return namespace.deliveries.flatMap((delivery): readonly Consumer[] => {
        if (isSynced(delivery)) {
          const { refresh } = delivery;
          return [{ ...consumer(callsOf(delivery, store, secrets)), ...(refresh === undefined ? {} : { refresh }) }];
        }
        const driver = namespace.cluster.secretsStoreCsi;
        if (!isMounted(delivery) || driver === undefined) return [];
        const calls = driver.pods * callsOfMount(store, mountedFiles(delivery, secrets));
        return [{ ...consumer(calls), pollSeconds: driver.rotationPollSeconds }];
      });
    }),
  };
}

/** @param placements those of the store. */
function plannedStore(store: RemoteStoreSpec, placements: readonly Placement[]): PlannedStore {
  const { name, kind } = store;
  const { layout, locations, customerKey, size } = backendOf(store).traits(store);
  // A version replaces the one before it.
  const object = ({ referencedBy }: Placement): PlannedObject => ({
    size,
    versions: 1,
    referenced: referencedBy !== undefined,
  });
  return {
    name,
    kind,
    layout,
    locations,
    customerKey,
    ...(store.quota === undefined ? {} : { quota: store.quota }),
    objects: placements.flatMap((placement) => placement.objects.map(() => object(placement))),
  };
}

/** The secrets of a store by `<app>/<secret>`, as `selectReads` takes them. */
function readableSecrets(placements: readonly Placement[]): ReadonlyMap<string, ReadableSecret> {
  return new Map(
    placements.map(({ secret, objects }) => [secret.id, { objects: objects.map((object) => ({ object })) }]),
  );
}

/** Calls that a refresh of a Secret makes. Each generator logs in for itself, and asks. */
function callsOf(delivery: DeliverySpec, store: RemoteStoreSpec, stored: ReadonlyMap<string, ReadableSecret>): number {
  const { extract, data, generators = [] } = selectReads(delivery, stored);
  const isAskedOnce = backendOf(store).readsPer === "object";
  return (
    extract.length +
    2 * generators.length +
    (isAskedOnce ? new Set(data.map(({ ref: { key, version = "" } }) => `${key}\n${version}`)).size : data.length)
  );
}
