import { log, type Output } from "@pulumi/pulumi";
import type { PreparedStore } from "../../components/backends/session.ts";
import type { StoredSecret } from "../../components/backends/contract.ts";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import { loadIdentity } from "../../components/backends/identities.ts";
import type { IdentityFactory } from "../../components/backends/identity.ts";
import { staticIdentity } from "../../components/backends/static-identity.ts";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import { consumerNamespace } from "../../components/clusters/namespace-names.ts";
import { ClusterSecretStore } from "../../components/delivery/cluster-secret-store.ts";
import type { Delivered, DeliverySpec } from "../../components/delivery/contract.ts";
import type { Manifest } from "../../components/delivery/gitops.ts";
import { grantsOf } from "../../components/delivery/grants.ts";
import type { CsiReading, RemoteReading } from "../../components/delivery/namespace-args.ts";
import { NamespaceSecrets } from "../../components/delivery/namespace-secrets.ts";
import type { Environment, Namespace } from "../config/environment.ts";
import { mountsStore, readsStore, storesUsedBy } from "../config/store-use.ts";
import { deployAlerts } from "./alerts.ts";
import { generate } from "./generate.ts";
import { openClusters, type OpenCluster } from "./open-clusters.ts";
import type { ClusterSealing, SealingCertificates } from "./sealing.ts";
import { required } from "./required.ts";
import type { TakeOver } from "../../components/clusters/open.ts";
import { clustersThatTakeOver, type Switches } from "./switching.ts";
import { merged, plainDestination, type StoredByStore } from "./stored.ts";
import { removeCommand } from "../../components/support/messages/config-command.ts";

/** A secret configuration value, if set. */
type SecretConfig = (key: string) => Output<string> | undefined;

/** What makes identities for each remote store that is read. */
type Identities = ReadonlyMap<string, IdentityFactory>;

async function identitiesOf({ namespaces }: Environment, secretConfig: SecretConfig): Promise<Identities> {
  const stores = storesUsedBy(namespaces);
  return new Map(
    await Promise.all(stores.map(async (store) => [store.name, await identityOf(store, secretConfig)] as const)),
  );
}

async function identityOf(store: RemoteStoreSpec, secretConfig: SecretConfig): Promise<IdentityFactory> {
  if (store.staticCredentials !== true) return loadIdentity(store.kind);
  await log.warn(
    `stores.${store.name}: every namespace reads it with the same credentials, which do not expire and whose permissions this program does not control. For development only.\n` +
      `    fix: give each namespace its own identity: ${removeCommand(["stores", store.name, "staticCredentials"])}`,
  );
  return () => staticIdentity(store, (key) => required(secretConfig(key), `configuration ${key}`));
}

/** An object that a GitOps tool applies in a cluster. */
export interface RenderedManifest {
  readonly cluster: string;
  readonly manifest: Manifest;
  /** Keys that are sealed for it, where it is a SealedSecret: the state has their ciphertexts. Default: it is whole. */
  readonly keys?: readonly string[];
}

interface DeliverArgs {
  readonly environment: Environment;
  /** The stack: `<project>/<stack>`. */
  readonly owner: string;
  readonly stored: StoredByStore;
  readonly stores: ReadonlyMap<string, PreparedStore>;
  readonly secretConfig: SecretConfig;
  /** Logical names of the namespaces that this stack creates. */
  readonly made: ReadonlySet<string>;
  /** What values are sealed with, by cluster. */
  readonly certificates: SealingCertificates;
  /** How values are sealed for a cluster. */
  readonly sealing: (cluster: ClusterSpec) => ClusterSealing;
  /** Secrets that are delivered in another way than so far. */
  readonly switches: Switches;
  /** Clusters with objects of this stack that its state does not know. */
  readonly takenOver: ReadonlyMap<string, TakeOver>;
  /** Members that the providers of stores are by the state, by resource. */
  readonly providers: ReadonlyMap<string, string>;
  /** Syncs that earlier runs requested without effect, because there was no Secret to merge into: `force-sync` by resource. */
  readonly unmerged: ReadonlyMap<string, string>;
}

/** What delivers a Secret, and what it is made of. */
export interface DeliveredSecret {
  readonly namespace: Namespace;
  readonly delivery: DeliverySpec;
  readonly by: Delivered;
}

export interface DeliverResult {
  /** What is rendered for a GitOps tool instead of being applied. */
  readonly manifests: readonly RenderedManifest[];
  readonly delivered: readonly DeliveredSecret[];
}

/**
 * Brings what is stored into the namespaces: operator per cluster, what it generates, then rights, SecretStore and
 * ExternalSecrets.
 */
export async function deliver(args: DeliverArgs): Promise<DeliverResult> {
  const { environment, owner, stores, secretConfig, made, unmerged, sealing, switches } = args;
  const identities = await identitiesOf(environment, secretConfig);
  const switching = clustersThatTakeOver(environment, switches);
  const takingOver = new Map([...[...switching].map((name) => [name, "unforced"] as const), ...args.takenOver]);
  const clusters = await openClusters({ environment, owner, stores, made, providers: args.providers, takingOver });
  const alerts = [...environment.clusters.values()].flatMap((cluster) => {
    const { name } = cluster.spec;
    const { target, operator } = required(clusters.get(name), `cluster ${name}`);
    const certificate = args.certificates.get(name);
    const rendered = deployAlerts({ environment, cluster, owner, target, certificate, ready: operator?.ready ?? [] });
    return rendered.map((manifest): RenderedManifest => ({ cluster: name, manifest }));
  });
  const stored = merged(args.stored, await generate(environment, clusters, stores, made));
  const readers = clusterReaders({ environment, stored, clusters, stores, identities });
  const places = environment.namespaces.map((namespace) => {
    const { key, name, deliveries } = namespace;
    const cluster = required(clusters.get(namespace.cluster.name), `cluster ${namespace.cluster.name}`);
    const { manifests, sealedManifests, delivered } = new NamespaceSecrets(key, {
      spec: { name, create: made.has(consumerNamespace(key)) },
      platform: environment.platform,
      environment: environment.name,
      cluster: cluster.target,
      reading: readingOf({ environment, namespace, cluster, stores, readers, identities }),
      csi: csiOf({ namespace, cluster, stores, identities }),
      deliveries,
      stored: stored.get(namespace.store?.name ?? "") ?? new Map<string, StoredSecret>(),
      embedded: stored.get(plainDestination) ?? new Map<string, StoredSecret>(),
      unmerged,
      switches,
      ...sealing(namespace.cluster),
      retain: environment.policy.retain,
      handOver: namespace.handOver,
    });
    return {
      manifests: [...manifests.map((manifest) => ({ manifest })), ...sealedManifests].map((each) => ({
        cluster: namespace.cluster.name,
        ...each,
      })),
      delivered: deliveries.map((delivery) => ({
        namespace,
        delivery,
        by: required(delivered.get(delivery.secretName), `delivery of ${key}/${delivery.secretName}`),
      })),
    };
  });
  return {
    manifests: [...alerts, ...places.flatMap(({ manifests }) => manifests)],
    delivered: places.flatMap(({ delivered }) => delivered),
  };
}

interface ClusterReadersArgs {
  readonly environment: Environment;
  readonly stored: StoredByStore;
  readonly clusters: ReadonlyMap<string, OpenCluster>;
  readonly stores: ReadonlyMap<string, PreparedStore>;
  readonly identities: Identities;
}

/** The ClusterSecretStores of the clusters that chose them, by `<cluster>/<store>`. */
function clusterReaders(args: ClusterReadersArgs): ReadonlyMap<string, ClusterSecretStore> {
  const { environment, stored, clusters, stores, identities } = args;
  const readers = new Map<string, ClusterSecretStore>();
  const sharing = environment.namespaces
    .filter(readsStore)
    .filter(({ cluster }) => cluster.externalSecrets.clusterSecretStore !== undefined);
  for (const [key, places] of Map.groupBy(sharing, readerKey)) {
    const [first] = places;
    if (first === undefined) continue;
    const { store, cluster } = first;
    const { target, readiness, operator } = required(clusters.get(cluster.name), `cluster ${cluster.name}`);
    const held = stored.get(store.name) ?? new Map<string, StoredSecret>();
    const conditions = cluster.externalSecrets.clusterSecretStore?.conditions ?? true;
    readers.set(
      key,
      new ClusterSecretStore(`${cluster.name}/cluster-secret-store/${store.name}`, {
        platform: environment.platform,
        environment: environment.name,
        cluster: target,
        store,
        identity: required(identities.get(store.name), `identity of store ${store.name}`),
        identityOptions: required(stores.get(store.name), `store ${store.name}`).options,
        operator: required(operator, `operator of cluster ${cluster.name}`),
        readiness,
        grants: grantsOf({ deliveries: places.flatMap(({ deliveries }) => deliveries), stored: held }),
        namespaces: conditions ? places.map(({ name }) => name) : undefined,
      }),
    );
  }
  return readers;
}

function readerKey({ cluster, store }: Namespace & { readonly store: RemoteStoreSpec }): string {
  return `${cluster.name}/${store.name}`;
}

interface ReadingArgs {
  readonly environment: Environment;
  readonly namespace: Namespace;
  readonly cluster: OpenCluster;
  readonly stores: ReadonlyMap<string, PreparedStore>;
  readonly readers: ReadonlyMap<string, ClusterSecretStore>;
  readonly identities: Identities;
}

function readingOf(args: ReadingArgs): RemoteReading | undefined {
  const { environment, namespace, stores, readers, identities } = args;
  if (!readsStore(namespace)) return undefined;
  const { store } = namespace;
  const { readiness } = args.cluster;
  const { refreshSeconds } = environment;
  const reader = readers.get(readerKey(namespace));
  if (reader !== undefined) return { through: "cluster-secret-store", store, reader, readiness, refreshSeconds };
  const operator = required(args.cluster.operator, `operator of cluster ${namespace.cluster.name}`);
  const identity = required(identities.get(store.name), `identity of store ${store.name}`);
  const identityOptions = required(stores.get(store.name), `store ${store.name}`).options;
  return { through: "secret-store", store, identity, identityOptions, operator, readiness, refreshSeconds };
}

function csiOf({
  namespace,
  cluster,
  stores,
  identities,
}: Pick<ReadingArgs, "namespace" | "cluster" | "stores" | "identities">): CsiReading | undefined {
  if (!mountsStore(namespace)) return undefined;
  const { store } = namespace;
  return {
    store,
    identity: required(identities.get(store.name), `identity of store ${store.name}`),
    identityOptions: required(stores.get(store.name), `store ${store.name}`).options,
    driver: required(cluster.csi, `CSI driver of cluster ${namespace.cluster.name}`),
  };
}
