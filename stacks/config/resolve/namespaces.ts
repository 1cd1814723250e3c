import { own } from "../../../components/support/own.ts";
import type { RemoteStoreSpec } from "../../../components/backends/index.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import {
  isFromStore,
  isMounted,
  isSynced,
  type DeliverySpec,
  type Via,
} from "../../../components/delivery/contract.ts";
import { blank, configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { thereAre } from "../../../components/support/messages/suggestions.ts";
import type { Namespace } from "../environment.ts";
import type { Facts } from "../schema/index.ts";
import type { NamespaceFacts } from "../schema/namespaces.ts";
import type { DeliveryDraft } from "./deliveries.ts";
import { refreshLevels, refreshOf, type RefreshFacts } from "./refresh.ts";
import { isPlainStore, namespaceVia, secretVia } from "./via.ts";

export interface ResolveNamespacesArgs {
  readonly facts: Pick<Facts, "clusters" | "via" | "existingSecrets"> & RefreshFacts;
  /** By name. */
  readonly stores: ReadonlyMap<string, RemoteStoreSpec>;
  /** By name. */
  readonly clusters: ReadonlyMap<string, ClusterSpec>;
  readonly deliveries: readonly DeliveryDraft[];
}

export interface ResolvedNamespaces {
  /** Those that get a Secret: one of an application that does not run here needs no rights either. */
  readonly namespaces: readonly Namespace[];
  /** Every Secret with its cluster, be its namespace resolved or not: for checks of what names a Secret. */
  readonly delivered: readonly Delivered[];
  /** Clusters in which the operator has something to deliver, be it resolved or not. */
  readonly operated: ReadonlySet<string>;
  readonly issues: readonly Issue[];
}

export interface Delivered {
  readonly cluster: string;
  /** Its namespace in the facts. */
  readonly entry: string;
  readonly delivery: DeliverySpec;
}

/** A namespace of one cluster as facts have it: names that may lead nowhere. */
interface Draft {
  /** In the catalogue and the facts. */
  readonly entry: string;
  /** What the cluster calls it. */
  readonly name: string;
  readonly path: string;
  /** Path of the cluster's own facts: the namespace's where it is in one cluster only. */
  readonly at: string;
  readonly cluster: string;
  readonly store: string | undefined;
  /** Path of the fact that names the store, which may be its cluster's. */
  readonly storeAt: string;
  readonly alsoStores: readonly string[];
  readonly create: boolean;
  readonly handOver: boolean;
  readonly remoteKeyPrefixes: readonly string[] | undefined;
}

/** Every namespace of every cluster, with the store that it reads and its Secrets, and everything that is wrong. Pure. */
export function resolveNamespaces(args: ResolveNamespacesArgs): ResolvedNamespaces {
  const issues: Issue[] = [];
  const namespaces: Namespace[] = [];
  const delivered: Delivered[] = [];
  const operated = new Set<string>();
  for (const [name, { store }] of Object.entries(args.facts.clusters)) {
    if (store !== undefined) issues.push(...dangling(`clusters.${name}.store`, store, Object.keys(args.facts.stores)));
  }
  const all = drafts(args.facts, issues);
  issues.push(...sharedNames(all));
  for (const draft of all) {
    const via = namespaceVia(draft.entry, draft.store, args.facts);
    const deliveries = args.deliveries
      .filter(({ namespace }) => namespace === draft.entry)
      .map((each) => ({ ...each, via: secretVia(draft.entry, each.secretName, via, args.facts) }))
      .map((each) => withRefresh(each, draft, args.facts))
      .map((each) => withExisting(withName(each, args.facts), draft, args.facts));
    const found = draftIssues(draft, deliveries.length === 0 ? [{ via }] : deliveries, args.facts);
    issues.push(...found);
    if (deliveries.length === 0) continue;
    delivered.push(...deliveries.map((delivery) => ({ cluster: draft.cluster, entry: draft.entry, delivery })));
    if (deliveries.some(isSynced)) operated.add(draft.cluster);
    const cluster = args.clusters.get(draft.cluster);
    if (found.length > 0 || cluster === undefined) continue;
    namespaces.push(resolved(draft, { via, cluster, deliveries, stores: args.stores }));
  }
  return { namespaces, delivered, operated, issues };
}

function drafts({ namespaces, clusters: known }: ResolveNamespacesArgs["facts"], issues: Issue[]): readonly Draft[] {
  return Object.entries(namespaces).flatMap(([entry, facts]) => {
    const { cluster, clusters, alsoStores, create, handOverTo, store, remoteKeyPrefixes } = facts;
    const path = configPath(["namespaces", entry]);
    const places: NonNullable<NamespaceFacts["clusters"]> = clusters ?? { [cluster ?? ""]: { store } };
    if (Object.keys(places).length === 0) issues.push({ path: `${path}.clusters`, problem: "names no cluster" });
    return Object.entries(places).map(([where, place]): Draft => {
      const nearest = place.store ?? own(known, where)?.store;
      const at = clusters === undefined ? path : `${path}.clusters.${where}`;
      const storeAt = place.store === undefined ? `clusters.${where}.store` : `${at}.store`;
      return {
        entry,
        name: place.name ?? facts.name ?? entry,
        path,
        at,
        cluster: where,
        store: nearest,
        storeAt,
        alsoStores,
        create,
        handOver: handOverTo !== undefined,
        remoteKeyPrefixes,
      };
    });
  });
}

/** A namespace that two entries name would get the Secrets, and the rights, of both. */
function sharedNames(all: readonly Draft[]): readonly Issue[] {
  return [...Map.groupBy(all, ({ name }) => name)].flatMap(([name, each]) => {
    const entries = [...new Set(each.map(({ entry }) => entry))];
    const first = entries.includes(name) ? name : entries[0];
    const others = each.filter(({ entry }) => entry !== first);
    return [...new Map(others.map((draft) => [draft.entry, draft])).values()].map(({ at }) => ({
      path: `${at}.name`,
      problem: `is the name of ${configPath(["namespaces", first ?? ""])} too: each namespace has one entry, in whichever cluster`,
      fix: setCommand(`${at}.name`, blank("another name")),
    }));
  });
}

/** @param deliveries the namespace's, or what they would be if it had one. */
function draftIssues(
  draft: Draft,
  deliveries: readonly Pick<DeliverySpec, "via">[],
  facts: ResolveNamespacesArgs["facts"],
): readonly Issue[] {
  const { path, at, cluster, store, alsoStores } = draft;
  const [known, clusters] = [Object.keys(facts.stores), Object.keys(facts.clusters)];
  return [
    ...alsoStores.flatMap((name, index) => dangling(`${path}.alsoStores[${index}]`, name, known)),
    ...dangling(at === path ? `${path}.cluster` : at, cluster, clusters),
    ...storeIssues(draft, deliveries, facts, known),
    ...(isPlainStore(facts, store) ? plainStoreIssues(draft, deliveries) : []),
  ];
}

/** A store of kind `kubernetes` has nothing that anybody could read. */
function plainStoreIssues(
  { path, at, store }: Draft,
  deliveries: readonly Pick<DeliverySpec, "via">[],
): readonly Issue[] {
  const via = [
    ...(deliveries.some(isSynced) ? ["external-secret"] : []),
    ...(deliveries.some(isMounted) ? ["csi"] : []),
  ].join(" and ");
  if (via === "") return [];
  const reader = deliveries.some(isSynced) ? "the operator" : "a Pod";
  return [
    {
      path: `${at}.store`,
      problem: `"${store ?? ""}" is of kind kubernetes, which is delivered plain, but via is ${via}`,
      fix: `name a store that ${reader} can read, or: ${setCommand(`${path}.via`, "plain")}`,
    },
  ];
}

function storeIssues(
  { at, cluster, store, storeAt }: Draft,
  deliveries: readonly Pick<DeliverySpec, "via">[],
  facts: ResolveNamespacesArgs["facts"],
  known: readonly string[],
): readonly Issue[] {
  if (store !== undefined) return dangling(storeAt, store, known);
  if (!deliveries.some(isFromStore) || own(facts.clusters, cluster) === undefined) return [];
  return [
    {
      path: `${at}.store`,
      problem: `is missing, and cluster ${cluster} names no store for its namespaces`,
      fix: setCommand(["clusters", cluster, "store"], blank("store")),
    },
  ];
}

function dangling(path: string, name: string, known: readonly string[]): readonly Issue[] {
  if (known.includes(name)) return [];
  return [{ path, problem: `${quotedName(name)} does not exist; ${thereAre(name, known)}` }];
}

/** A Secret that the facts give another name, beside the one of the catalogue's. Nobody else has that one. */
function withName(delivery: DeliverySpec, { namespaces }: Pick<Facts, "namespaces">): DeliverySpec {
  const { namespace, secretName } = delivery;
  const name = own(own(namespaces, namespace)?.secrets ?? {}, secretName)?.deliveredAs;
  if (name === undefined || name === secretName) return delivery;
  return { ...delivery, secretName: name, declaredAs: secretName, merge: false };
}

/** What is done where a Secret of this name existed before. */
function withExisting(
  { namespace: _, ...delivery }: DeliverySpec,
  { cluster, name }: Draft,
  { existingSecrets }: Pick<Facts, "existingSecrets">,
): DeliverySpec {
  const place = `${name}/${delivery.secretName}`;
  // Each of them holds a slash, as no name that every object has.
  const existing = existingSecrets[`${cluster}/${place}`] ?? existingSecrets[place];
  return { ...delivery, namespace: name, ...(existing === undefined ? {} : { existing }) };
}

/** When the operator reads the store for it. */
function withRefresh(delivery: DeliverySpec, { entry, store }: Draft, facts: RefreshFacts): DeliverySpec {
  if (!isSynced(delivery)) return delivery;
  const refresh = refreshOf(refreshLevels({ namespace: entry, secretName: delivery.secretName, store }, facts));
  return refresh === undefined ? delivery : { ...delivery, refresh };
}

interface Parts {
  readonly via: Via;
  readonly cluster: ClusterSpec;
  readonly deliveries: readonly DeliverySpec[];
  readonly stores: ReadonlyMap<string, RemoteStoreSpec>;
}

function resolved(draft: Draft, { via, cluster, deliveries, stores }: Parts): Namespace {
  const store = draft.store === undefined ? undefined : stores.get(draft.store);
  const others = draft.alsoStores.filter((name) => name !== draft.store);
  return {
    key: `${draft.cluster}/${draft.entry}`,
    entry: draft.entry,
    name: draft.name,
    cluster,
    ...(store === undefined ? {} : { store }),
    alsoStores: others.flatMap((name) => stores.get(name) ?? []),
    storeLabel: draft.store ?? via,
    create: draft.create,
    handOver: draft.handOver,
    deliveries,
    ...(draft.remoteKeyPrefixes === undefined ? {} : { remoteKeyPrefixes: draft.remoteKeyPrefixes }),
  };
}
