import { z } from "zod";
import { deliveriesTo, type EnvironmentSpec } from "../config/environment.ts";
import type { NamespaceSpec } from "../../components/delivery/namespace-secrets.ts";
import { isMerged, type DeliverySpec } from "../../components/delivery/contract.ts";
import { isRemote, remoteObjectsOf, type StoreSpec } from "../../components/backends/index.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import { candidateOf } from "../config/resolve/secret-shape.ts";
import { readerName } from "../../components/support/naming.ts";
import { leftByDestroy, leftByDestroySchema } from "./left-by-destroy.ts";
import { needsOperator } from "../config/resolve/needs-operator.ts";
import { costOf, costSchema, planOf } from "../plan/index.ts";

/**
 * What app teams read from a stack: names, never values. A change of this schema that breaks a reader needs a new
 * `schemaVersion`. `docs/outputs.schema.json` is made of it.
 */
const secretOutput = z.strictObject({
  keys: z.array(z.string()).describe("Keys of the Secret"),
  remoteNames: z
    .record(z.string(), z.array(z.string()))
    .describe("Names of the objects that hold the values, by store; none for a store of kind kubernetes"),
  rotateBy: z.iso.date().optional().describe("Date by which the first of its values is due for rotation"),
  rotatedAt: z.iso
    .datetime()
    .describe(
      "When the last of its values was rotated; moves with every rotation, so Pods can be restarted on it. What a cluster generates is rotated without its notice",
    ),
  merged: z
    .boolean()
    .describe("Whether the keys are merged into a Secret that somebody else owns: they are in it only once it exists"),
});

const placementOutput = z.strictObject({
  store: z.string().describe("Name of the store that the namespace reads in this cluster"),
  secretStore: z
    .string()
    .optional()
    .describe("SecretStore that the namespace reads through; absent with plain Secrets"),
});

const namespaceOutput = z.strictObject({
  clusters: z.record(z.string(), placementOutput).describe("Clusters that the namespace is in, by name"),
  secrets: z.record(z.string(), secretOutput).describe("Secrets by name: the same in each of these clusters"),
});

const clusterOutput = z.strictObject({
  flavour: z.string(),
  operator: z
    .strictObject({ namespace: z.string(), version: z.string().describe("Version of the chart") })
    .optional()
    .describe("The External Secrets Operator; absent when no namespace needs it"),
});

export const outputsSchema = z.strictObject({
  schemaVersion: z.literal(2),
  environment: z.string(),
  namespaces: z.record(z.string(), namespaceOutput).describe("Namespaces by name"),
  clusters: z.record(z.string(), clusterOutput).describe("Clusters by name"),
  monthlyCost: costSchema.describe("What the stores cost in a month, from list prices (docs/planner.md)"),
  leftByDestroy: leftByDestroySchema.describe(
    "What stays behind when the stack is destroyed (docs/operations.md#destroy)",
  ),
});

/** Outputs of a stack. */
export type EnvironmentOutputs = z.output<typeof outputsSchema>;

/** The outputs of an environment. Pure: names follow from the description alone. */
export function outputsOf(spec: EnvironmentSpec): EnvironmentOutputs {
  return {
    schemaVersion: 2,
    environment: spec.name,
    namespaces: Object.fromEntries(
      [...Map.groupBy(spec.namespaces.values(), ({ name }) => name)].map(([name, places]) => [
        name,
        namespaceOf(spec, places),
      ]),
    ),
    clusters: Object.fromEntries([...spec.clusters.keys()].map((name) => [name, clusterOf(spec, name)])),
    monthlyCost: costOf(planOf(spec)),
    leftByDestroy: leftByDestroy(spec),
  };
}

function namespaceOf(spec: EnvironmentSpec, places: readonly NamespaceSpec[]): z.output<typeof namespaceOutput> {
  const deliveries = places.flatMap((place) => deliveriesTo(spec, place));
  return {
    clusters: Object.fromEntries(
      places.map(({ cluster, store }) => [
        cluster,
        { store, ...(isRemote(storeOf(spec, store)) ? { secretStore: readerName } : {}) },
      ]),
    ),
    secrets: Object.fromEntries(
      [...Map.groupBy(deliveries, ({ secretName }) => secretName)].map(([secretName, each]) => [
        secretName,
        secretOf(spec, each, places),
      ]),
    ),
  };
}

function secretOf(
  spec: EnvironmentSpec,
  /** The Secret in each of the namespace's clusters. */
  deliveries: readonly DeliverySpec[],
  places: readonly NamespaceSpec[],
): z.output<typeof secretOutput> {
  const keys = deliveries[0]?.keys ?? [];
  const specs = spec.secrets.filter(({ id }) => keys.some(({ secret }) => secret === id));
  const stores = [...new Set(places.map(({ store }) => store))]
    .filter((store) => isRemote(storeOf(spec, store)))
    .sort();
  const dates = specs.flatMap(({ rotateBy }) => (rotateBy === undefined ? [] : [rotateBy])).sort();
  const rotated = specs.map(({ rotatedAt }) => rotatedAt).sort();
  return {
    keys: keys.map(({ key }) => key).sort(),
    remoteNames: Object.fromEntries(stores.map((store) => [store, remoteNamesIn(spec, store, keys, specs)])),
    ...(dates[0] === undefined ? {} : { rotateBy: dates[0] }),
    rotatedAt: rotated.at(-1) ?? "",
    merged: deliveries.some(isMerged),
  };
}

/** The objects of a store that hold one of these keys. */
function remoteNamesIn(
  spec: EnvironmentSpec,
  store: string,
  wanted: DeliverySpec["keys"],
  specs: readonly SecretSpec[],
): string[] {
  const names = specs.flatMap((each) =>
    remoteObjectsOf(storeOf(spec, store), candidateOf(spec, each))
      .filter(({ keys }) => wanted.some(({ secret, from }) => secret === each.id && keys.includes(from)))
      .map(({ name }) => name),
  );
  return names.sort();
}

function storeOf(spec: EnvironmentSpec, name: string): StoreSpec {
  const store = spec.stores.get(name);
  if (store === undefined) throw new Error(`no store ${name}`);
  return store;
}

function clusterOf(spec: EnvironmentSpec, name: string): z.output<typeof clusterOutput> {
  const cluster = spec.clusters.get(name);
  if (cluster === undefined) throw new Error(`no cluster ${name}`);
  const { namespace, version } = cluster.externalSecrets;
  return { flavour: cluster.flavour, ...(needsOperator(spec, name) ? { operator: { namespace, version } } : {}) };
}
