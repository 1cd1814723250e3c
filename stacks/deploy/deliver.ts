import { log, type Output } from "@pulumi/pulumi";
import { consumerNamespace } from "../../components/clusters/namespace-names.ts";
import { ClusterReader } from "../../components/delivery/cluster-reader.ts";
import {
  grantsOf,
  NamespaceSecrets,
  type NamespaceSpec,
  type RemoteReading,
} from "../../components/delivery/namespace-secrets.ts";
import type { IdentityFactory } from "../../components/backends/identity.ts";
import { loadIdentity } from "../../components/backends/identities.ts";
import { staticIdentity } from "../../components/backends/static-identity.ts";
import type { RemoteStoreSpec, StoredSecret, StoreSpec } from "../../components/backends/contract.ts";
import type { PreparedStore } from "../../components/backends/session.ts";
import { isRemote } from "../../components/backends/index.ts";
import { deliveriesTo, type EnvironmentSpec } from "../config/environment.ts";
import { generate } from "./generate.ts";
import { openClusters, type OpenCluster } from "./open-clusters.ts";
import { required } from "./required.ts";
import { placementKey } from "../config/resolve/namespaces.ts";
import { merged, type StoredByStore } from "./stored.ts";

/** A secret configuration value, if set. */
type SecretConfig = (key: string) => Output<string> | undefined;

/** What makes identities for each remote store that is read. */
type Identities = ReadonlyMap<string, IdentityFactory>;

async function identitiesOf(spec: EnvironmentSpec, secretConfig: SecretConfig): Promise<Identities> {
  const read = new Set([...spec.namespaces.values()].map(({ store }) => store));
  const stores = [...spec.stores.values()].filter(isRemote).filter(({ name }) => read.has(name));
  return new Map(
    await Promise.all(stores.map(async (store) => [store.name, await identityOf(store, secretConfig)] as const)),
  );
}

async function identityOf(store: RemoteStoreSpec, secretConfig: SecretConfig): Promise<IdentityFactory> {
  if (store.staticCredentials !== true) return loadIdentity(store.kind);
  await log.warn(
    `stores.${store.name}: every namespace reads it with the same credentials, which never expire by themselves and may read what nobody here decides. For development only.\n` +
      `    fix: let each namespace have an identity of its own: pulumi config rm --path stores.${store.name}.staticCredentials`,
  );
  return () => staticIdentity(store, (key) => required(secretConfig(key), `configuration ${key}`));
}

interface DeliverArgs {
  readonly spec: EnvironmentSpec;
  /** The stack: `<project>/<stack>`. */
  readonly owner: string;
  readonly stored: StoredByStore;
  readonly sessions: ReadonlyMap<string, PreparedStore>;
  readonly secretConfig: SecretConfig;
  /** Logical names of the namespaces that are made here. */
  readonly made: ReadonlySet<string>;
  /** What earlier runs asked for in vain, since there was no Secret to merge into: `force-sync` by resource. */
  readonly unmerged: ReadonlyMap<string, string>;
}

/**
 * Brings what is stored into the namespaces: operator per cluster, what it generates, then rights, SecretStore and
 * ExternalSecrets.
 */
export async function deliver(args: DeliverArgs): Promise<void> {
  const { spec, owner, stored, sessions, secretConfig, made, unmerged } = args;
  const identities = await identitiesOf(spec, secretConfig);
  const clusters = await openClusters(spec, owner, sessions, made);
  const held = merged(stored, await generate(spec, clusters, sessions, made));
  const readers = clusterReaders({ spec, stored: held, clusters, sessions, identities });
  for (const namespace of spec.namespaces.values()) {
    const cluster = required(clusters.get(namespace.cluster), `cluster ${namespace.cluster}`);
    const key = placementKey(namespace);
    new NamespaceSecrets(key, {
      spec: { ...namespace, create: made.has(consumerNamespace(key)) },
      platform: spec.platform,
      environment: spec.name,
      cluster: cluster.target,
      reading: readingOf({ spec, namespace, cluster, sessions, readers, identities }),
      deliveries: deliveriesTo(spec, namespace),
      stored: held.get(namespace.store) ?? new Map<string, StoredSecret>(),
      unmerged,
      retain: spec.policy.retain,
    });
  }
}

interface ClusterReadersArgs {
  readonly spec: EnvironmentSpec;
  readonly stored: StoredByStore;
  readonly clusters: ReadonlyMap<string, OpenCluster>;
  readonly sessions: ReadonlyMap<string, PreparedStore>;
  readonly identities: Identities;
}

/** The ClusterSecretStores of the clusters that chose them, by `<cluster>/<store>`. */
function clusterReaders({
  spec,
  stored,
  clusters,
  sessions,
  identities,
}: ClusterReadersArgs): ReadonlyMap<string, ClusterReader> {
  const readers = new Map<string, ClusterReader>();
  const sharing = [...spec.namespaces.values()].filter(
    ({ cluster }) => spec.clusters.get(cluster)?.externalSecrets.clusterSecretStore !== undefined,
  );
  for (const [key, places] of Map.groupBy(sharing, ({ cluster, store }) => `${cluster}/${store}`)) {
    const [{ cluster: where, store: name } = { cluster: "", store: "" }] = places;
    const store = required(spec.stores.get(name), `store ${name}`);
    const { target, readiness, operator } = required(clusters.get(where), `cluster ${where}`);
    if (!isRemote(store) || operator === undefined) continue;
    const held = stored.get(name) ?? new Map<string, StoredSecret>();
    const deliveries = places.flatMap((each) => deliveriesTo(spec, each));
    const conditions = target.spec.externalSecrets.clusterSecretStore?.conditions ?? true;
    readers.set(
      key,
      new ClusterReader(`${where}/cluster-secret-store/${name}`, {
        platform: spec.platform,
        environment: spec.name,
        cluster: target,
        store,
        identity: required(identities.get(name), `identity of store ${name}`),
        identityOptions: required(sessions.get(name), `store ${name}`).options,
        operator,
        readiness,
        grants: grantsOf({ deliveries, stored: held }),
        namespaces: conditions ? places.map((each) => each.name) : undefined,
      }),
    );
  }
  return readers;
}

interface ReadingArgs {
  readonly spec: EnvironmentSpec;
  readonly namespace: NamespaceSpec;
  readonly cluster: OpenCluster;
  readonly sessions: ReadonlyMap<string, PreparedStore>;
  readonly readers: ReadonlyMap<string, ClusterReader>;
  readonly identities: Identities;
}

function readingOf(args: ReadingArgs): RemoteReading | undefined {
  const { spec, namespace, sessions, readers, identities } = args;
  const { operator, readiness } = args.cluster;
  const store = required<StoreSpec>(spec.stores.get(namespace.store), `store ${namespace.store}`);
  if (!isRemote(store) || operator === undefined) return undefined;
  const { refreshSeconds } = spec;
  const reader = readers.get(`${namespace.cluster}/${namespace.store}`);
  if (reader !== undefined) return { through: "cluster-secret-store", store, reader, readiness, refreshSeconds };
  const identity = required(identities.get(store.name), `identity of store ${store.name}`);
  const identityOptions = required(sessions.get(store.name), `store ${store.name}`).options;
  return { through: "secret-store", store, identity, identityOptions, operator, readiness, refreshSeconds };
}
