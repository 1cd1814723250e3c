import { log, type Output } from "@pulumi/pulumi";
import { ApplicationSecrets, type Destination } from "../components/applications/application-secrets.ts";
import { reportDrift } from "../components/applications/drift.ts";
import type { ClusterTarget } from "../components/clusters/contract.ts";
import { openCluster } from "../components/clusters/index.ts";
import { NamespaceSecrets, type NamespaceSpec, type RemoteReading } from "../components/delivery/namespace-secrets.ts";
import { ExternalSecretsOperator, type OperatorTarget } from "../components/external-secrets/operator.ts";
import { readinessHooks, type ReadinessHooks } from "../components/external-secrets/readiness.ts";
import { loadIdentity } from "../components/identity/index.ts";
import type { StateResource, StoredSecret, StoreSession, StoreSpec } from "../components/stores/contract.ts";
import { isRemote, openStore, remoteObjectsOf } from "../components/stores/index.ts";
import type { RemoteObject } from "../components/stores/layout.ts";
import type { Entropy } from "../components/values/generate.ts";
import type { SecretSpec } from "../components/values/secret-spec.ts";
import { candidateOf } from "./candidate.ts";
import { storesOf, type EnvironmentSpec } from "./environment.ts";
import { needsOperator } from "./outputs.ts";
import type { Outside } from "./outside.ts";
import { comfortableResources, resourceCount } from "./size.ts";
import { preflight } from "./preflight.ts";
import { preflightPlain } from "./preflight-plain.ts";

export interface DeployArgs {
  readonly spec: EnvironmentSpec;
  readonly project: string;
  readonly stack: string;
  /** A secret configuration value, if set. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
  readonly entropy: Entropy;
  /** What the stack's own state knows. */
  readonly state: readonly StateResource[];
  readonly outside: Outside;
}

/**
 * Deploys an environment: the only place that wires components.
 *
 * Order: stores are opened and asked what they hold (nothing is written if a name is taken), then values and remote
 * objects per application, the operator per cluster, and rights, SecretStore and ExternalSecrets per namespace.
 */
export async function deployEnvironment(args: DeployArgs): Promise<void> {
  const { spec } = args;
  const sessions = await openStores(args);
  const owned = new Map([...sessions].map(([name, session]) => [name, session.owned(args.state)]));
  const { strangers } = await preflight(
    spec.name,
    args.state,
    [...sessions].map(([name, session]) => ({ name, session, objects: objectsIn(spec, name) })),
  );
  await preflightPlain(spec, args.state, args.outside.takenSecrets);

  const stored = new Map<string, Map<string, StoredSecret>>();
  for (const [app, specs] of Map.groupBy(spec.secrets, (each) => each.app)) {
    const application = new ApplicationSecrets(app, {
      specs,
      destinations: (each) =>
        storesOf(spec, each.id).map((name): Destination => ({
          name,
          session: sessions.get(name),
          objects: (secret) => objectsOfSecret(spec, name, secret),
          strangers: strangers.get(name) ?? new Set(),
        })),
      entropy: args.entropy,
      provided: (config) => required(args.secretConfig(config), `configuration ${config}`),
      owner: { "managed-by": "pulumi", project: args.project, stack: args.stack },
      retain: spec.policy.retain,
    });
    for (const [store, byId] of application.stored) {
      stored.set(store, new Map([...(stored.get(store) ?? []), ...byId]));
    }
  }

  await deliver(spec, stored, sessions);
  if (spec.detectDrift) await findDrift(spec, sessions, owned);
  await warnOfSize(spec);
}

/** Opens the remote stores that something goes to or is read from. */
async function openStores({ spec, secretConfig, outside }: DeployArgs): Promise<ReadonlyMap<string, StoreSession>> {
  const used = new Set([...spec.namespaces.values()].flatMap(({ store, alsoStores }) => [store, ...alsoStores]));
  const stores = [...spec.stores.values()].filter(isRemote).filter(({ name }) => used.has(name));
  const open = stores.map(async (store) => {
    const session = await openStore({ spec: store, secretConfig, options: {} });
    return [store.name, outside.session(store, session)] as const;
  });
  return new Map(await Promise.all(open));
}

/** Every remote object of a store, with its secret. */
function objectsIn(spec: EnvironmentSpec, store: string) {
  return spec.secrets
    .filter(({ id }) => storesOf(spec, id).includes(store))
    .flatMap((secret) => objectsOfSecret(spec, store, secret).map(({ name }) => ({ spec: secret, remoteName: name })));
}

function objectsOfSecret(spec: EnvironmentSpec, store: string, secret: SecretSpec): readonly RemoteObject[] {
  return remoteObjectsOf(required(spec.stores.get(store), `store ${store}`), candidateOf(spec, secret));
}

/** What a cluster has once, and its namespaces share. */
interface OpenCluster {
  readonly target: ClusterTarget;
  readonly readiness: ReadinessHooks;
  readonly operator: OperatorTarget | undefined;
}

async function deliver(
  spec: EnvironmentSpec,
  stored: ReadonlyMap<string, ReadonlyMap<string, StoredSecret>>,
  sessions: ReadonlyMap<string, StoreSession>,
): Promise<void> {
  const clusters = new Map(
    [...spec.clusters.values()].map((cluster): [string, OpenCluster] => {
      const target = openCluster(cluster, {});
      const operator = needsOperator(spec, cluster.name) ? operatorOf(spec, target) : undefined;
      return [cluster.name, { target, readiness: readinessHooks(target), operator }];
    }),
  );
  for (const namespace of spec.namespaces.values()) {
    const cluster = required(clusters.get(namespace.cluster), `cluster ${namespace.cluster}`);
    new NamespaceSecrets(`${namespace.cluster}/${namespace.name}`, {
      spec: namespace,
      platform: spec.platform,
      environment: spec.name,
      cluster: cluster.target,
      reading: await readingOf(spec, namespace, cluster, sessions),
      deliveries: spec.deliveries.filter((delivery) => delivery.namespace === namespace.name),
      stored: stored.get(namespace.store) ?? new Map<string, StoredSecret>(),
      retain: spec.policy.retain,
    });
  }
}

function operatorOf(spec: EnvironmentSpec, cluster: ClusterTarget): OperatorTarget {
  const { install, namespace } = cluster.spec.externalSecrets;
  if (!install) return { namespace, ready: [] };
  const sizing = { replicas: spec.policy.operatorReplicas };
  return new ExternalSecretsOperator(cluster.spec.name, { cluster, sizing });
}

async function readingOf(
  spec: EnvironmentSpec,
  namespace: NamespaceSpec,
  { operator, readiness }: OpenCluster,
  sessions: ReadonlyMap<string, StoreSession>,
): Promise<RemoteReading | undefined> {
  const store = required<StoreSpec>(spec.stores.get(namespace.store), `store ${namespace.store}`);
  if (!isRemote(store) || operator === undefined) return undefined;
  const identity = await loadIdentity(store.kind);
  const identityOptions = required(sessions.get(store.name), `store ${store.name}`).options;
  return { store, identity, identityOptions, operator, readiness, refreshSeconds: spec.refreshSeconds };
}

async function findDrift(
  spec: EnvironmentSpec,
  sessions: ReadonlyMap<string, StoreSession>,
  owned: ReadonlyMap<string, ReturnType<StoreSession["owned"]>>,
): Promise<void> {
  for (const [name, session] of sessions) {
    const objects = objectsIn(spec, name).flatMap(({ spec: { id }, remoteName }) => {
      const known = owned.get(name)?.get(remoteName);
      return known === undefined ? [] : [{ id, remoteName, ...known }];
    });
    await reportDrift(name, session, objects);
  }
}

async function warnOfSize(spec: EnvironmentSpec): Promise<void> {
  const count = resourceCount(spec);
  if (count <= comfortableResources) return;
  await log.warn(
    `This stack holds about ${count} resources; with a file or object-store backend each step writes the whole state ` +
      `again, so time grows with the square beyond ${comfortableResources}.\n` +
      `    fix: split it by applications into several stacks: docs/operations.md#large-environments`,
  );
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing, which parsing should have found`);
  return value;
}
