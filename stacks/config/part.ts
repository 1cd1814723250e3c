import { backendOf, type RemoteStoreSpec } from "../../components/backends/index.ts";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import { secretsIn, type Cluster, type Environment, type Namespace } from "./environment.ts";
import { readsStore } from "./store-use.ts";
import { basePart } from "./schema/parts.ts";

/** The stack of a part. That of the base is called as the environment is. Pure. */
export function stackOfPart(part: string, environment: string): string {
  return part === basePart ? environment : `${environment}.${part}`;
}

/** The part of a stack: what follows the environment's name. Pure. */
export function partOfStack(stack: string, environment: string): string {
  return stack === environment ? basePart : stack.slice(environment.length + 1);
}

/** The stack whose file has the facts: of a part that is a link to the environment's, which `pulumi config` would replace. Pure. */
export function configuredIn({ name, part }: Pick<Environment, "name" | "part">, stack: string): string {
  return part === undefined ? stack : name;
}

/**
 * The share of an environment that the stack of a part has: its applications, their namespaces, and the stores and
 * clusters of these. What parts share is the base's: the others find operators, admission policies, alerts and whatever
 * of a store is made here. Pure.
 */
export function partOf(whole: Environment, name: string): Environment {
  const isBase = name === basePart;
  const applications = new Set(whole.parts.assigned.get(name));
  const secrets = whole.secrets.filter(({ app }) => applications.has(app));
  const ids = new Set(secrets.map(({ id }) => id));
  const elsewhere = new Set(whole.secrets.filter(({ id }) => !ids.has(id)).map(({ id }) => id));
  const stores = new Map(
    [...whole.stores.values()].map((spec) => [spec, isBase ? spec : backendOf(spec).madeElsewhere(spec)] as const),
  );
  const clusters = new Map(
    [...whole.clusters.values()].map(({ spec }) => [spec, isBase ? spec : madeElsewhere(spec)] as const),
  );
  const store = (spec: RemoteStoreSpec) => stores.get(spec) ?? spec;
  const namespaces = whole.namespaces
    .filter((each) => isOf(each, { ids, elsewhere, isBase }))
    .map((each): Namespace => {
      const cluster = clusters.get(each.cluster) ?? each.cluster;
      return {
        ...each,
        cluster,
        ...(each.store === undefined ? {} : { store: store(each.store) }),
        alsoStores: each.alsoStores.map(store),
      };
    });
  return {
    ...whole,
    stores: new Map([...whole.stores].map(([key, spec]) => [key, store(spec)])),
    clusters: clustersOf(whole, { namespaces, clusters, ids, isBase }),
    namespaces,
    secrets,
    placements: whole.placements
      .filter(({ secret }) => ids.has(secret.id))
      .map((each) => ({ ...each, store: store(each.store) })),
    accounts: whole.accounts.filter(({ secret }) => ids.has(secret.id)),
    weakKeys: whole.weakKeys.filter(({ secret }) => ids.has(secret)),
    advice: isBase ? whole.advice : [],
    part: { name, isBase, whole },
  };
}

/** A namespace is of the part whose secrets it gets; one that gets no value at all is the base's. */
function isOf(
  { deliveries }: Namespace,
  {
    ids,
    elsewhere,
    isBase,
  }: { readonly ids: ReadonlySet<string>; readonly elsewhere: ReadonlySet<string>; readonly isBase: boolean },
): boolean {
  const sources = secretsIn(deliveries);
  return sources.some((id) => ids.has(id)) || (isBase && !sources.some((id) => elsewhere.has(id)));
}

interface ClustersArgs {
  readonly namespaces: readonly Namespace[];
  readonly clusters: ReadonlyMap<ClusterSpec, ClusterSpec>;
  readonly ids: ReadonlySet<string>;
  readonly isBase: boolean;
}

function clustersOf(
  whole: Environment,
  { namespaces, clusters, ids, isBase }: ClustersArgs,
): ReadonlyMap<string, Cluster> {
  const generating = new Set(
    whole.secrets.flatMap(({ id, origin }) => (origin.kind === "in-cluster" && ids.has(id) ? [origin.cluster] : [])),
  );
  return new Map(
    [...whole.clusters].flatMap(([name, cluster]): readonly [string, Cluster][] => {
      const own = namespaces.filter((each) => each.cluster.name === name);
      if (isBase) return [[name, { ...cluster, namespaces: own, everyNamespace: cluster.namespaces }]];
      if (own.length === 0 && !generating.has(name)) return [];
      const spec = clusters.get(cluster.spec) ?? cluster.spec;
      const needsOperator = own.some(readsStore) || generating.has(name);
      return [[name, { spec, namespaces: own, needsOperator }]];
    }),
  );
}

/** A cluster as a stack sees it that did not install what its stacks share. */
function madeElsewhere({ alerts: _, secretsStoreCsi, externalSecrets, ...spec }: ClusterSpec): ClusterSpec {
  const { admissionPolicy: __, ...operator } = externalSecrets;
  return {
    ...spec,
    externalSecrets: { ...operator, install: false },
    ...(secretsStoreCsi === undefined ? {} : { secretsStoreCsi: { ...secretsStoreCsi, install: false } }),
  };
}
