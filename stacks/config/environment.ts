import type { ClusterSpec } from "../../components/clusters/contract.ts";
import type { DeliverySpec, ExistingSecretChoice } from "../../components/delivery/contract.ts";
import type { NamespaceSpec } from "../../components/delivery/namespace-secrets.ts";
import type { StoreSpec } from "../../components/backends/index.ts";
import type { Policy } from "../environments/policy.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";

/** One environment, complete and checked: plain data, no Outputs, no secret values. */
export interface EnvironmentSpec {
  readonly name: string;
  /** First part of every remote name: `<platform>-<environment>/…`. */
  readonly platform: string;
  readonly policy: Policy;
  readonly stores: ReadonlyMap<string, StoreSpec>;
  readonly clusters: ReadonlyMap<string, ClusterSpec>;
  /** By `<cluster>/<namespace>`. */
  readonly namespaces: ReadonlyMap<string, NamespaceSpec>;
  readonly secrets: readonly SecretSpec[];
  readonly deliveries: readonly DeliverySpec[];
  /** What is done to Secrets that exist already, by `<namespace>/<name>` or `<cluster>/<namespace>/<name>`. */
  readonly existingSecrets: Readonly<Record<string, ExistingSecretChoice>>;
  /** How often ESO reads the stores when nothing changed, in seconds. */
  readonly refreshSeconds: number;
  /** Whether each run compares the stores with the state. */
  readonly detectDrift: boolean;
}

/** Stores that a secret goes to: those that the namespaces that consume it read or are to read next, each once. */
export function storesOf(
  spec: Pick<EnvironmentSpec, "deliveries" | "namespaces">,
  secretId: string,
): readonly string[] {
  const consumers = new Set(
    spec.deliveries
      .filter(({ keys }) => keys.some(({ secret }) => secret === secretId))
      .map(({ namespace }) => namespace),
  );
  const places = [...spec.namespaces.values()].filter(({ name }) => consumers.has(name));
  return [...new Set(places.flatMap(({ store, alsoStores }) => [store, ...alsoStores]))].sort();
}

/** The Secrets of a namespace, with what is done there where one existed before. */
export function deliveriesTo(
  { deliveries, existingSecrets }: Pick<EnvironmentSpec, "deliveries" | "existingSecrets">,
  { cluster, name }: Pick<NamespaceSpec, "cluster" | "name">,
): readonly DeliverySpec[] {
  return deliveries
    .filter(({ namespace }) => namespace === name)
    .map((each) => {
      const place = `${name}/${each.secretName}`;
      const existing = existingSecrets[`${cluster}/${place}`] ?? existingSecrets[place];
      return existing === undefined ? each : { ...each, existing };
    });
}
