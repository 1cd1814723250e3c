import { z } from "zod";
import { isMerged, isMounted, keyNamesOf, sourcesOf, type DeliverySpec } from "../../components/delivery/contract.ts";
import { secretStoreName } from "../../components/delivery/secret-store-name.ts";
import { clusterStoreName, readerName } from "../../components/support/naming.ts";
import { placementsOf, type Cluster, type Environment, type Namespace } from "../config/environment.ts";
import { mountsStore, readsStore, usesStore } from "../config/store-use.ts";
import { stackOfPart } from "../config/part.ts";
import { leftByDestroy, leftByDestroySchema } from "./left-by-destroy.ts";
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
  secretProviderClass: z
    .string()
    .optional()
    .describe(
      "SecretProviderClass that Pods mount it by, a file for each key; absent where it is delivered another way",
    ),
});

const placementOutput = z.strictObject({
  store: z.string().describe("Name of the store that the namespace reads in this cluster"),
  secretStore: z
    .string()
    .optional()
    .describe(
      "SecretStore of its own that the namespace reads through; absent with plain Secrets and with a ClusterSecretStore",
    ),
  clusterSecretStore: z
    .string()
    .optional()
    .describe("ClusterSecretStore that the namespace reads through with others (externalSecrets.clusterSecretStore)"),
  csi: z
    .strictObject({
      driver: z.string().describe("Name of the driver in a Pod's volume"),
      serviceAccount: z.string().describe("Service account that a Pod must run as to mount one"),
    })
    .optional()
    .describe("How Pods mount what is delivered via csi; absent where nothing is"),
});

const namespaceOutput = z.strictObject({
  clusters: z.record(z.string(), placementOutput).describe("Clusters that the namespace is in, by name"),
  secrets: z.record(z.string(), secretOutput).describe("Secrets by name: the same in each of these clusters"),
});

const storedOutput = z.strictObject({
  remoteNames: z
    .record(z.string(), z.array(z.string()))
    .describe("Names of the objects that hold the values, by store"),
  rotateBy: z.iso.date().optional().describe("Date by which its values are due for rotation"),
  rotatedAt: z.iso.datetime().describe("When its values were rotated; moves with every rotation"),
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
  stored: z
    .record(z.string(), storedOutput)
    .optional()
    .describe(
      "Secrets that no namespace gets, by <app>/<secret>, for machines outside of the clusters; absent without any",
    ),
  clusters: z.record(z.string(), clusterOutput).describe("Clusters by name"),
  parts: z
    .record(z.string(), z.string())
    .optional()
    .describe("Stack of each application, by name, where the environment is several stacks (docs/fleet.md)"),
  monthlyCost: costSchema.describe("What the stores cost in a month, from list prices (docs/planner.md)"),
  leftByDestroy: leftByDestroySchema.describe(
    "What stays behind when the stack is destroyed (docs/operations.md#destroy)",
  ),
});

/** Outputs of a stack. */
export type EnvironmentOutputs = z.output<typeof outputsSchema>;

/** The outputs of an environment. Pure: names follow from the description alone. */
export function outputsOf(environment: Environment): EnvironmentOutputs {
  return {
    schemaVersion: 2,
    environment: environment.name,
    namespaces: Object.fromEntries(
      [...Map.groupBy(environment.namespaces, ({ name }) => name)].map(([name, places]) => [
        name,
        namespaceOf(environment, places),
      ]),
    ),
    ...storedOf(environment),
    clusters: Object.fromEntries([...environment.clusters].map(([name, cluster]) => [name, clusterOf(cluster)])),
    ...stacksOf(environment),
    monthlyCost: costOf(planOf(environment)),
    leftByDestroy: leftByDestroy(environment),
  };
}

function stacksOf({ name, parts, part }: Environment): Pick<EnvironmentOutputs, "parts"> {
  if (part !== undefined || parts.assigned.size === 0) return {};
  const entries = [...parts.assigned].flatMap(([each, applications]) =>
    applications.map((app) => [app, stackOfPart(each, name)] as const),
  );
  return { parts: Object.fromEntries(entries) };
}

function storedOf(environment: Environment): Pick<EnvironmentOutputs, "stored"> {
  const unread = environment.secrets.filter(
    ({ storedIn, keys }) => storedIn !== undefined && Object.keys(keys).length > 0,
  );
  if (unread.length === 0) return {};
  const entries = unread.map(({ id, rotateBy, rotatedAt }) => {
    const places = placementsOf(environment, id);
    const remoteNames = places.map(
      ({ store, objects }) => [store.name, objects.map(({ name }) => name).sort()] as const,
    );
    return [
      id,
      { remoteNames: Object.fromEntries(remoteNames), ...(rotateBy === undefined ? {} : { rotateBy }), rotatedAt },
    ] as const;
  });
  return { stored: Object.fromEntries(entries) };
}

function namespaceOf(environment: Environment, places: readonly Namespace[]): z.output<typeof namespaceOutput> {
  const deliveries = places.flatMap((place) => place.deliveries);
  return {
    clusters: Object.fromEntries(
      places.map((place) => [
        place.cluster.name,
        { store: place.storeLabel, ...readThrough(environment, place), ...mountedThrough(place) },
      ]),
    ),
    secrets: Object.fromEntries(
      [...Map.groupBy(deliveries, ({ secretName }) => secretName)].map(([secretName, each]) => [
        secretName,
        secretOf(environment, each, places),
      ]),
    ),
  };
}

/** The object that names the store for a namespace's ExternalSecrets. */
function readThrough(
  { platform, name: environment }: Environment,
  place: Namespace,
): Pick<z.output<typeof placementOutput>, "secretStore" | "clusterSecretStore"> {
  if (!readsStore(place)) return {};
  if (place.cluster.externalSecrets.clusterSecretStore === undefined)
    return { secretStore: secretStoreName(place.cluster) };
  return { clusterSecretStore: clusterStoreName({ platform, environment, store: place.store.name }) };
}

/** What a Pod says to mount what is delivered via csi. */
function mountedThrough(place: Namespace): Pick<z.output<typeof placementOutput>, "csi"> {
  const { secretsStoreCsi } = place.cluster;
  if (!mountsStore(place) || secretsStoreCsi === undefined) return {};
  return { csi: { driver: secretsStoreCsi.driver, serviceAccount: readerName } };
}

function secretOf(
  environment: Environment,
  /** The Secret in each of the namespace's clusters. */
  deliveries: readonly DeliverySpec[],
  places: readonly Namespace[],
): z.output<typeof secretOutput> {
  const [first] = deliveries;
  const keys = first === undefined ? [] : sourcesOf(first);
  const sources = environment.secrets.filter(({ id }) => keys.some(({ secret }) => secret === id));
  const stores = new Map(places.filter(usesStore).map(({ store }) => [store.name, store]));
  const dates = sources.flatMap(({ rotateBy }) => (rotateBy === undefined ? [] : [rotateBy])).sort();
  const rotated = sources.map(({ rotatedAt }) => rotatedAt).sort();
  return {
    keys: (first === undefined ? [] : [...keyNamesOf(first)]).sort(),
    remoteNames: Object.fromEntries(
      [...stores.keys()].sort().map((store) => [store, remoteNamesIn(environment, store, keys)]),
    ),
    ...(dates[0] === undefined ? {} : { rotateBy: dates[0] }),
    rotatedAt: rotated.at(-1) ?? "",
    merged: deliveries.some(isMerged),
    ...(deliveries.some(isMounted) ? { secretProviderClass: deliveries[0]?.secretName ?? "" } : {}),
  };
}

/** The objects of a store that hold one of these keys. */
function remoteNamesIn(environment: Environment, store: string, wanted: ReturnType<typeof sourcesOf>): string[] {
  const ids = [...new Set(wanted.map(({ secret }) => secret))];
  const names = ids
    .flatMap((id) => placementsOf(environment, id))
    .filter((placement) => placement.store.name === store)
    .flatMap(({ secret: { id }, objects }) =>
      objects.filter(({ keys }) => wanted.some(({ secret, from }) => secret === id && keys.includes(from))),
    )
    .map(({ name }) => name);
  return names.sort();
}

function clusterOf({ spec, needsOperator }: Cluster): z.output<typeof clusterOutput> {
  const { namespace, version } = spec.externalSecrets;
  return { flavour: spec.flavour, ...(needsOperator ? { operator: { namespace, version } } : {}) };
}
