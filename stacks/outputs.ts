import { z } from "zod";
import type { EnvironmentSpec } from "./environment.ts";
import { remoteNameOf } from "../components/stores/index.ts";
import { candidateOf } from "./parse.ts";
import { readerName } from "../components/support/naming.ts";

/**
 * What app teams read from a stack: names, never values. A change of this schema that breaks a reader needs a new
 * `schemaVersion`. `docs/outputs.schema.json` is made of it.
 */
const secretOutput = z.strictObject({
  keys: z.array(z.string()).describe("Keys of the Secret"),
  store: z.string().describe("Name of the store that holds the values"),
  remoteNames: z.array(z.string()).describe("Names of the objects in that store"),
  rotateBy: z.iso.date().optional().describe("Date by which the first of its values is due for rotation"),
  rotatedAt: z.iso
    .datetime()
    .describe("When the last of its values was rotated; moves with every rotation, so Pods can be restarted on it"),
  merged: z.boolean().describe("Whether the keys are merged into a Secret that somebody else owns"),
});

const namespaceOutput = z.strictObject({
  cluster: z.string(),
  secretStore: z
    .string()
    .optional()
    .describe("SecretStore that the namespace reads through; absent with plain Secrets"),
  secrets: z.record(z.string(), secretOutput).describe("Secrets by name"),
});

const clusterOutput = z.strictObject({
  flavour: z.string(),
  operator: z
    .strictObject({ namespace: z.string(), version: z.string().describe("Version of the chart") })
    .optional()
    .describe("The External Secrets Operator; absent when no namespace needs it"),
});

export const outputsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  environment: z.string(),
  namespaces: z.record(z.string(), namespaceOutput).describe("Namespaces by name"),
  clusters: z.record(z.string(), clusterOutput).describe("Clusters by name"),
});

/** Outputs of a stack. */
export type EnvironmentOutputs = z.output<typeof outputsSchema>;

/** The outputs of an environment. Pure: names follow from the description alone. */
export function outputsOf(spec: EnvironmentSpec): EnvironmentOutputs {
  return {
    schemaVersion: 1,
    environment: spec.name,
    namespaces: Object.fromEntries([...spec.namespaces.keys()].map((name) => [name, namespaceOf(spec, name)])),
    clusters: Object.fromEntries([...spec.clusters.keys()].map((name) => [name, clusterOf(spec, name)])),
  };
}

function namespaceOf(spec: EnvironmentSpec, name: string): z.output<typeof namespaceOutput> {
  const namespace = spec.namespaces.get(name);
  const store = spec.stores.get(namespace?.store ?? "");
  if (namespace === undefined || store === undefined) throw new Error(`namespace ${name} has no store`);
  const secrets = spec.deliveries.filter((delivery) => delivery.namespace === name);
  return {
    cluster: namespace.cluster,
    ...(store.kind === "kubernetes" ? {} : { secretStore: readerName }),
    secrets: Object.fromEntries(
      secrets.map(({ secretName, keys, merge }) => {
        const ids = new Set(keys.map(({ secret }) => secret));
        const specs = spec.secrets.filter(({ id }) => ids.has(id));
        const dates = specs.flatMap(({ rotateBy }) => (rotateBy === undefined ? [] : [rotateBy])).sort();
        return [
          secretName,
          {
            keys: keys.map(({ key }) => key).sort(),
            store: store.name,
            remoteNames:
              store.kind === "kubernetes"
                ? []
                : specs.map((each) => remoteNameOf(store, candidateOf(spec, each).address)).sort(),
            ...(dates[0] === undefined ? {} : { rotateBy: dates[0] }),
            rotatedAt:
              specs
                .map(({ rotatedAt }) => rotatedAt)
                .sort()
                .at(-1) ?? "",
            merged: merge,
          },
        ];
      }),
    ),
  };
}

function clusterOf(spec: EnvironmentSpec, name: string): z.output<typeof clusterOutput> {
  const cluster = spec.clusters.get(name);
  if (cluster === undefined) throw new Error(`no cluster ${name}`);
  const { namespace, version } = cluster.externalSecrets;
  return { flavour: cluster.flavour, ...(needsOperator(spec, name) ? { operator: { namespace, version } } : {}) };
}

/** Whether a namespace of the cluster reads a remote store. */
export function needsOperator(spec: EnvironmentSpec, cluster: string): boolean {
  return [...spec.namespaces.values()].some(
    (namespace) => namespace.cluster === cluster && spec.stores.get(namespace.store)?.kind !== "kubernetes",
  );
}
