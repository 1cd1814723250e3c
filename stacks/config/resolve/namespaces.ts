import type { NamespaceSpec } from "../../../components/delivery/namespace-secrets.ts";
import type { Issue } from "../../../components/support/errors.ts";
import type { Facts } from "../schema/index.ts";

/** Key of a namespace: the same name may be in several clusters. */
export function placementKey({ cluster, name }: Pick<NamespaceSpec, "cluster" | "name">): string {
  return `${cluster}/${name}`;
}

export interface ResolvedNamespaces {
  /** By `<cluster>/<namespace>`. */
  readonly namespaces: ReadonlyMap<string, NamespaceSpec>;
  readonly issues: readonly Issue[];
}

/** Every namespace of every cluster, with the store that it reads, and everything that is wrong. Pure. */
export function resolveNamespaces(facts: Pick<Facts, "namespaces" | "clusters" | "stores">): ResolvedNamespaces {
  const issues: Issue[] = [];
  const namespaces = Object.entries(facts.namespaces).flatMap(([name, { cluster, clusters, ...each }]) => {
    const path = `namespaces["${name}"]`;
    const places = clusters ?? { [cluster ?? ""]: { store: each.store } };
    if (Object.keys(places).length === 0) issues.push({ path: `${path}.clusters`, problem: "names no cluster" });
    for (const [index, store] of each.alsoStores.entries()) {
      issues.push(...dangling(`${path}.alsoStores[${index}]`, store, Object.keys(facts.stores)));
    }
    return Object.entries(places).map(([where, place]): NamespaceSpec => {
      const at = clusters === undefined ? path : `${path}.clusters.${where}`;
      const store = place.store ?? facts.clusters[where]?.store;
      issues.push(...dangling(clusters === undefined ? `${path}.cluster` : at, where, Object.keys(facts.clusters)));
      if (store !== undefined) issues.push(...dangling(`${at}.store`, store, Object.keys(facts.stores)));
      else if (facts.clusters[where] !== undefined) {
        issues.push({
          path: `${at}.store`,
          problem: `is missing, and cluster ${where} names no store for its namespaces`,
          fix: `pulumi config set --path 'clusters.${where}.store' <store>`,
        });
      }
      return {
        name,
        cluster: where,
        store: store ?? "",
        alsoStores: each.alsoStores.filter((other) => other !== store),
        create: each.create,
      };
    });
  });
  return { namespaces: new Map(namespaces.map((each) => [placementKey(each), each])), issues };
}

function dangling(path: string, name: string, known: readonly string[]): readonly Issue[] {
  if (known.includes(name)) return [];
  return [{ path, problem: `"${name}" does not exist; there are ${known.length === 0 ? "none" : known.join(", ")}` }];
}
