import { retiresPrevious } from "../../components/targets/kinds.ts";
import { backendOf, isWriteOnly, type RemoteStoreSpec } from "../../components/backends/index.ts";
import { csiCertificates, csiProviderOf, loginKind } from "../../components/backends/identities.ts";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import { chartScopesTokenCreation } from "../../components/external-secrets/operator/values.ts";
import { versionsRead } from "../../components/backends/references.ts";
import { isApplied, isFromStore, isRendered, sourcesOf } from "../../components/delivery/contract.ts";
import { configPath } from "../../components/support/messages/config-command.ts";
import type { Issue } from "../../components/support/messages/errors.ts";
import { frozenKeys } from "../../components/values/derived.ts";
import { isMadeElsewhere, isMadeHere, type SecretSpec } from "../../components/values/secret-spec.ts";
import {
  accountsOf,
  issuedTo,
  isSealedAnywhere,
  isVerified,
  openedStores,
  placementsOf,
  type Cluster,
  type Environment,
  type Namespace,
} from "../config/environment.ts";
import { readsStore, storesMountedBy, storesReadBy, usesStore } from "../config/store-use.ts";
import { partOf } from "../config/part.ts";

/**
 * Resources that a file or object-store backend carries comfortably: it writes the whole state again at each step, so
 * time grows with the square of their number.
 */
export const comfortableResources = 500;

/** How many resources a stack will hold on its first run, where clusters have none of its namespaces yet. Pure. */
export function resourceCount(spec: Environment): number {
  const stores = openedStores(spec);
  return (
    1 + // the stack
    sum(stores, (store) => 1 + backendOf(store).resources.store(store)) +
    valuesAndObjects(spec) +
    sum([...spec.clusters.values()], (cluster) => ofCluster(spec, cluster)) +
    sum(spec.namespaces, (namespace) => ofNamespace(spec, namespace)) +
    writers(spec) +
    sum(spec.namespaces, (namespace) => issuing(spec, namespace)) +
    spec.placements.flatMap(({ objects }) => objects).filter((each) => each.nativeRotation !== undefined).length
  );
}

/** What gets a namespace the credentials that its store issues: a policy and a role, and a generator for each secret. */
function issuing(spec: Environment, namespace: Namespace): number {
  const { length } = issuedTo(spec, namespace);
  return length === 0 ? 0 : 2 + length;
}

/** What applications have: a component, a Stash for each seed (or a generator), account and verification, keys of digests, remote objects. */
function valuesAndObjects(spec: Environment): number {
  const made = spec.secrets.filter(({ origin }) => origin.kind !== "in-cluster");
  const seeds = spec.secrets.filter((secret) => !isMadeElsewhere(secret)).flatMap(frozenKeys);
  const written = spec.placements.filter(
    ({ secret, referencedBy }) => isMadeHere(secret) && referencedBy === undefined,
  );
  return (
    new Set(made.map(({ app }) => app)).size +
    spec.accounts.length +
    spec.accounts.filter(retiresPrevious).length +
    spec.secrets.filter(({ id }) => isVerified(spec, id)).length +
    seeds.length +
    spec.secrets.filter((secret) => hasDigestKey(spec, secret)).length +
    sum(written, ({ store, objects }) => objects.length * backendOf(store).resources.perObject)
  );
}

/** A cluster: its provider, its operator where one is installed, and the readers that its namespaces share. */
function ofCluster(environment: Environment, { spec, namespaces, needsOperator }: Cluster): number {
  const { install, admissionPolicy, networkPolicy, pushSecrets, version, clusterSecretStore } = spec.externalSecrets;
  const reading = namespaces.filter(readsStore);
  const stores = storesReadBy(namespaces);
  // Each with its binding.
  const admission = admissionPolicy === undefined ? 0 : 2 * (pushSecrets ? 4 : 3);
  const chart =
    3 + // the component, the release, its namespace
    (networkPolicy === undefined ? 0 : networkPolicy.monitoringNamespace === undefined ? 4 : 5) +
    (chartScopesTokenCreation(version) ? 0 : 4) +
    (spec.traits.trustedCaBundle ? 1 : 0);
  // The component, a namespace, group, subscription and configuration.
  const operator = (spec.traits.operatorManager === "helm" ? chart : 5) + admission;
  // A role and its association, once.
  const identity = stores.some((store) => loginKind(store, spec) === "operator") ? 2 : 0;
  const shared =
    clusterSecretStore === undefined
      ? 0
      : sum(stores, (store) => {
          const readers = reading.filter((each) => each.store === store);
          return 2 + ofReader(environment, store, readers);
        });
  // The component, the alerts, the dates, and the dashboard.
  const alerts = spec.alerts === undefined ? 0 : spec.alerts.dashboard === undefined ? 3 : 4;
  return 1 + (needsOperator && install ? operator : 0) + identity + shared + alerts + ofCsiDriver(spec, namespaces);
}

/** The CSI driver where it is installed: its component, its release and those of its providers, certificates of stores. */
function ofCsiDriver({ secretsStoreCsi }: ClusterSpec, namespaces: readonly Namespace[]): number {
  const stores = storesMountedBy(namespaces);
  if (secretsStoreCsi?.install !== true || stores.length === 0) return 0;
  const certificates = stores.some((store) => csiCertificates(store) !== undefined) ? 1 : 0;
  return 2 + new Set(stores.map(csiProviderOf)).size + certificates;
}

/** A namespace: its component, itself where it is made here, a reader of its own, its Secrets. */
function ofNamespace(environment: Environment, namespace: Namespace): number {
  const shares = readsStore(namespace) && namespace.cluster.externalSecrets.clusterSecretStore !== undefined;
  const own =
    shares || !usesStore(namespace)
      ? 0
      : (namespace.deliveries.some(isApplied) ? 1 : 0) + ofReader(environment, namespace.store, [namespace]);
  // What is rendered for a GitOps tool is no resource.
  return (
    1 +
    (namespace.create ? 1 : 0) +
    own +
    namespace.deliveries.filter((each) => !isRendered(each)).length +
    namespace.deliveries.filter(({ restarts }) => restarts !== undefined).length
  );
}

/** What namespaces read by, all as one: an account with the right to ask for its token, or credentials; and its identity. */
function ofReader(environment: Environment, store: RemoteStoreSpec, readers: readonly Namespace[]): number {
  const [cluster] = readers.map((each) => each.cluster);
  if (cluster === undefined) return 0;
  const sources = readers.flatMap(({ deliveries }) => deliveries.filter(isFromStore).flatMap(sourcesOf));
  const wanted = new Set(sources.map(({ secret, from }) => `${secret}\n${from}`));
  const read = [...new Set(sources.map(({ secret }) => secret))]
    .flatMap((id) => placementsOf(environment, id))
    .filter((placement) => placement.store === store)
    .flatMap(({ secret, objects: all }) =>
      all.filter(({ keys }) => keys.some((key) => wanted.has(`${secret.id}\n${key}`))),
    );
  // One that somebody else writes may be read for several secrets, by one right.
  const objects = new Set(read.map(({ name }) => name)).size;
  const login = loginKind(store, cluster);
  if (login === "static") return 1;
  // The operator's permission to ask for tokens of the account, and its binding, come on top.
  const account = readers.some(readsStore) ? 3 : 1;
  return (login === "service-account" ? account : 0) + backendOf(store).resources.reader(store, { objects, cluster });
}

/**
 * Whether the secret has a key beside its values: a target is told of it, it is verified, a store is write-only, it is sealed for a namespace, or it is referenced in
 * a store that tells no version.
 */
function hasDigestKey(spec: Environment, { id, origin }: SecretSpec): boolean {
  if (origin.kind === "in-cluster" || origin.kind === "issued") return false;
  if (accountsOf(spec, id).length > 0 || isVerified(spec, id)) return true;
  if (origin.kind !== "referenced" && isSealedAnywhere(spec, { id })) return true;
  return placementsOf(spec, id).some(({ store, objects, referencedBy }) =>
    referencedBy === undefined
      ? isWriteOnly(store)
      : backendOf(store).numbersReferences && objects.some((object) => versionsRead(object).includes(undefined)),
  );
}

/**
 * What clusters write generated secrets with: for each application a component, a namespace, a SecretStore, an account with
 * its rights, a policy and a role; for each secret what generates it and what pushes it.
 */
function writers({ secrets }: Environment): number {
  const generated = secrets.flatMap(({ app, origin }) =>
    origin.kind === "in-cluster" ? [`${origin.cluster}/${app}`] : [],
  );
  return new Set(generated).size * 8 + generated.length * 2;
}

function sum<T>(all: readonly T[], count: (each: T) => number): number {
  return all.reduce((total, each) => total + count(each), 0);
}

/** Refuses stacks that would be unbearably slow: docs/fleet.md has the way out. */
export function checkSizes(whole: Environment): readonly Issue[] {
  const { name, policy, parts } = whole;
  const limit = policy.maximumResources;
  if (parts.assigned.size === 0) {
    const count = resourceCount(whole);
    if (count <= limit) return [];
    return [
      {
        path: "applications",
        problem: `the stack would hold about ${count} resources, and this environment allows ${limit}`,
        fix: `split it into several stacks: npx secrets fleet plan ${name} --write (docs/fleet.md)`,
      },
    ];
  }
  return [...parts.assigned.keys()].flatMap((part): readonly Issue[] => {
    const count = resourceCount(partOf(whole, part));
    if (count <= limit) return [];
    return [
      {
        path: configPath(["parts", part]),
        problem: `the stack would hold about ${count} resources, and this environment allows ${limit}`,
        fix: `npx secrets fleet move ${name} <application> <part> (docs/fleet.md)`,
      },
    ];
  });
}
