import { z } from "zod";
import { isMerged, isMounted, type DeliverySpec } from "../../components/delivery/contract.ts";
import { backendOf, type RemoteStoreSpec } from "../../components/backends/index.ts";
import type { Cluster, Environment } from "../config/environment.ts";
import { neededNamespaces } from "../deploy/preflight/needed-namespaces.ts";

/** What `destroy` leaves behind of what this program makes. Names and counts, never values. */
export const leftByDestroySchema = z.strictObject({
  namespaces: z
    .record(z.string(), z.array(z.string()))
    .describe("Namespaces that are made here where a cluster lacks them, by cluster: none is ever deleted"),
  crds: z.array(z.string()).describe("Clusters in which the kinds of the operator stay that is installed here"),
  secrets: z
    .record(z.string(), z.int())
    .describe("Kubernetes Secrets that stay, by cluster. Secrets that keys are merged into are not counted"),
  objects: z.record(z.string(), z.int()).describe("Objects that stay in the stores, by store"),
  stores: z.array(z.string()).describe("Stores that were made here, and stay"),
  auditLogs: z.array(z.string()).describe("Stores whose audit log, switched on here, stays on: it watches what stays"),
});

export type LeftByDestroy = z.output<typeof leftByDestroySchema>;

/** What `destroy` of an environment leaves. Pure; entries without anything are left out. */
export function leftByDestroy(spec: Environment): LeftByDestroy {
  const made = neededNamespaces(spec).filter(({ resource }) => resource !== undefined);
  const operators = neededNamespaces(spec).filter(({ operator }) => operator);
  return {
    namespaces: Object.fromEntries(
      [...Map.groupBy(made, ({ cluster }) => cluster)].map(([cluster, each]) => [
        cluster,
        each.map(({ name }) => name).sort(),
      ]),
    ),
    crds: operators.map(({ cluster }) => cluster).sort(),
    secrets: counted(spec.clusters, (cluster) => secretsLeft(spec, cluster)),
    objects: counted(spec.stores, (store) => objectsLeft(spec, store)),
    stores: storesThatLeave(spec, "store"),
    auditLogs: storesThatLeave(spec, "auditLog"),
  };
}

function secretsLeft({ policy }: Environment, { namespaces }: Cluster): number {
  if (!policy.retain) return 0;
  // What the CSI driver makes is the Pods', and goes with them.
  const own = (delivery: DeliverySpec) => !isMerged(delivery) && !isMounted(delivery);
  return namespaces.flatMap(({ deliveries }) => deliveries).filter(own).length;
}

/** What a cluster generated stays in every environment, as nothing could bring it back. */
function objectsLeft({ placements, policy }: Environment, { name }: RemoteStoreSpec): number {
  return placements
    .filter(({ store }) => store.name === name)
    .filter(({ referencedBy }) => referencedBy === undefined)
    .filter(({ secret: { origin } }) => origin.kind === "in-cluster" || policy.retain)
    .flatMap(({ objects }) => objects).length;
}

/** Stores that leave something of themselves. */
function storesThatLeave({ stores }: Environment, what: "store" | "auditLog"): string[] {
  return [...stores.values()]
    .filter((store) => backendOf(store).leftByDestroy(store)[what])
    .map(({ name }) => name)
    .sort();
}

function counted<T>(all: ReadonlyMap<string, T>, count: (each: T) => number): Record<string, number> {
  return Object.fromEntries(
    [...all].map(([name, each]) => [name, count(each)] as const).filter(([, number]) => number > 0),
  );
}
