import { z } from "zod";
import { isMerged } from "../../components/delivery/contract.ts";
import { backendOf, isRemote, remoteObjectsOf } from "../../components/backends/index.ts";
import { candidateOf } from "../config/resolve/secret-shape.ts";
import { deliveriesTo, storesOf, type EnvironmentSpec } from "../config/environment.ts";
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
export function leftByDestroy(spec: EnvironmentSpec): LeftByDestroy {
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
    secrets: counted([...spec.clusters.keys()], (cluster) => secretsLeft(spec, cluster)),
    objects: counted([...spec.stores.keys()], (store) => objectsLeft(spec, store)),
    stores: storesThatLeave(spec, "store"),
    auditLogs: storesThatLeave(spec, "auditLog"),
  };
}

function secretsLeft(spec: EnvironmentSpec, cluster: string): number {
  if (!spec.policy.retain) return 0;
  return [...spec.namespaces.values()]
    .filter((each) => each.cluster === cluster)
    .flatMap((namespace) => deliveriesTo(spec, namespace))
    .filter((delivery) => !isMerged(delivery)).length;
}

/** What a cluster generated stays in every environment, as nothing could bring it back. */
function objectsLeft(spec: EnvironmentSpec, name: string): number {
  const store = spec.stores.get(name);
  if (store === undefined) return 0;
  return spec.secrets
    .filter(({ referenced, generatedIn }) => !referenced && (spec.policy.retain || generatedIn !== undefined))
    .filter(({ id }) => storesOf(spec, id).includes(name))
    .flatMap((secret) => remoteObjectsOf(store, candidateOf(spec, secret))).length;
}

/** Stores that leave something of themselves. */
function storesThatLeave(spec: EnvironmentSpec, what: "store" | "auditLog"): string[] {
  return [...spec.stores.values()]
    .filter(isRemote)
    .filter((store) => backendOf(store).leftByDestroy(store)[what])
    .map(({ name }) => name)
    .sort();
}

function counted(names: readonly string[], count: (name: string) => number): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, count(name)] as const).filter(([, number]) => number > 0));
}
