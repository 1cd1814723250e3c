import type { ClusterSpec } from "../components/clusters/contract.ts";
import type { DeliverySpec, ExistingSecretChoice } from "../components/delivery/contract.ts";
import type { NamespaceSpec } from "../components/delivery/namespace-secrets.ts";
import type { StoreSpec } from "../components/stores/contract.ts";
import type { SecretSpec } from "../components/values/secret-spec.ts";

/** What an environment's policy decides; in code, so that a change of it is reviewed. */
export interface Policy {
  /**
   * When the workflows deploy it: every environment of a stage before any of the next. One that is `by-hand` they neither
   * preview nor deploy nor check for drift (`ci/environments.ts`).
   */
  readonly stage: "development" | "acceptance" | "production" | "by-hand";
  /** Whether Secrets and remote objects outlive `destroy`. Namespaces always do. */
  readonly retain: boolean;
  /** Least strength of a generated value, in bits. */
  readonly minimumBits: number;
  /** Shortest refresh interval that facts may ask for, in seconds: each refresh is a store call per remote object. */
  readonly refreshFloorSeconds: number;
  /** Whether catalogue keys marked for high availability exist. */
  readonly highAvailability: boolean;
  /** Replicas of the operator. */
  readonly operatorReplicas: number;
  /** Whether an operator older than the oldest one without known advisories may run. Only ever true in the sandbox. */
  readonly allowOldOperator: boolean;
  /** Most resources in one stack; a larger environment is split into several stacks. */
  readonly maximumResources: number;
  /** Store kinds that may be used; `kubernetes` keeps the only copy in the cluster and is for development. */
  readonly allowEmbeddedSecrets: boolean;
  /** Whether a ClusterSecretStore without conditions may be made, which any namespace of the cluster reads through. */
  readonly allowOpenClusterStores: boolean;
  /** Whether stores may be read with credentials that people bring, which never expire by themselves. */
  readonly allowStaticCredentials: boolean;
  /** Days in which what was deleted from a store can be brought back: 0 (at once, where the store can) or 7 to 30. */
  readonly recoveryDays: number;
  /** Whether nobody may purge a deleted vault or secret before that, where the store has such a switch. */
  readonly purgeProtection: boolean;
  /** Whether every store must encrypt with a key of the customer's. */
  readonly requireCustomerKeys: boolean;
  /** Whether every store made here must send its audit log somewhere. */
  readonly requireAuditLogs: boolean;
}

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
