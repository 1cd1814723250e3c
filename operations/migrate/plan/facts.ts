import type { Issue } from "../../../components/support/messages/errors.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import { listed } from "../../../components/support/messages/suggestions.ts";
import { own } from "../../../components/support/own.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import type { Reading } from "../model.ts";
import type { NewEntry } from "./entries.ts";
import type { PlannedFact, PlannedSecret } from "./model.ts";
import type { StoreFacts } from "./stores.ts";

/** The facts that a plan asks for, as the environment has them. */
export interface PlanFacts {
  readonly stores: StoreFacts;
  readonly clusters: Readonly<Record<string, { readonly store?: string }>>;
  readonly namespaces: Readonly<Record<string, NamespaceFacts>>;
}

interface NamespaceFacts {
  readonly store?: string;
  readonly cluster?: string;
  readonly name?: string;
  readonly clusters?: Readonly<Record<string, { readonly name?: string }>>;
}

export interface PlanArgs {
  readonly environment: string;
  readonly reading: Reading;
  readonly catalogue: Catalogue;
  readonly facts: PlanFacts;
  /** Secret for values whose source names none, `<namespace>/<Secret>`. */
  readonly to?: { readonly namespace: string; readonly name: string };
  /** Namespace for Secrets whose source names none. */
  readonly namespace?: string;
  /** Cluster and store of namespaces that the facts lack. Default: the only one. */
  readonly cluster?: string;
  readonly store?: string;
}

/** Facts of secrets that stay in their store. */
export function referenceFacts(
  entries: readonly NewEntry[],
  names: ReadonlyMap<string, string>,
  { stores }: Reading,
  { stores: known }: PlanFacts,
) {
  const facts: PlannedFact[] = [];
  const issues: Issue[] = [];
  const storeOf = new Map<string, string>();
  for (const { namespace, secretName, secrets } of entries) {
    for (const { app, name, remote, keys } of secrets) {
      if (remote === undefined) continue;
      const store = names.get(remote.store);
      if (store === undefined) {
        const path = `${namespace}/${secretName}`;
        const fix = "name the file that has it as a source as well";
        issues.push({ path, problem: `is read from ${remote.store}, which no source describes`, fix });
        continue;
      }
      storeOf.set(namespace, store);
      const id = `${app}/${name}`;
      const kind = own(known, store)?.["kind"] ?? stores.find(({ id: each }) => each === remote.store)?.facts["kind"];
      const isWhole = keys.every(({ property }) => property === undefined);
      const reference = (...path: readonly string[]) => ["stores", store, "references", id, ...path];
      facts.push({ path: ["stores", store, "remoteNames", id], value: remote.name });
      if (kind !== "vault-kv") facts.push({ path: reference("layout"), value: isWhole ? "per-key" : "bundle" });
      for (const key of keys)
        if (key.property !== undefined) facts.push({ path: reference("keys", key.name), value: key.property });
      if (kind === "vault-kv" && isWhole) {
        const path = `${namespace}/${secretName}`;
        const problem = `${configPath([keys[0]?.name ?? ""])} is a whole object of a Vault, whose objects have named values only`;
        issues.push({ path, problem, fix: "name the property in the ExternalSecret" });
      }
    }
  }
  return { facts, issues, storeOf };
}

/** A namespace that a cluster calls otherwise than the facts: sources have the one name, the catalogue has the other. */
function renamedIssue(namespace: string, { namespaces }: PlanFacts): Issue | undefined {
  for (const [entry, { name, clusters = {} }] of Object.entries(namespaces)) {
    const names = [name, ...Object.values(clusters).map((place) => place.name)].filter((each) => each !== undefined);
    const others = names.filter((each) => each !== entry);
    if (others.length === 0 || ![entry, ...others].includes(namespace)) continue;
    return {
      path: configPath(["namespaces", entry, "name"]),
      problem: `is ${listed(new Set(others))}: a migration takes a namespace to have one name in its cluster and in the catalogue`,
      fix: "migrate its Secrets by hand: docs/migrate.md#by-hand",
    };
  }
  return undefined;
}

/** Facts of namespaces that the environment lacks. */
export function namespaceFacts(
  secrets: readonly PlannedSecret[],
  storeOf: ReadonlyMap<string, string>,
  { facts: known, cluster, store }: PlanArgs,
) {
  const facts: PlannedFact[] = [];
  const issues: Issue[] = [];
  for (const namespace of new Set(secrets.map((each) => each.namespace))) {
    const renamed = renamedIssue(namespace, known);
    if (renamed !== undefined) {
      issues.push(renamed);
      continue;
    }
    const present = own(known.namespaces, namespace);
    const wanted = storeOf.get(namespace);
    const path = configPath(["namespaces", namespace]);
    if (present !== undefined) {
      const reads = present.store ?? own(known.clusters, present.cluster ?? "")?.store;
      if (wanted !== undefined && reads !== wanted)
        issues.push({ path, problem: `reads store ${reads ?? "none"}, and a secret of it lies in ${wanted}` });
      continue;
    }
    const clusters = Object.keys(known.clusters);
    const chosen = cluster ?? (clusters.length === 1 ? clusters[0] : undefined);
    if (chosen === undefined) {
      issues.push({
        path,
        problem: `is in none of the clusters ${clusters.join(", ")} yet`,
        fix: "name one: --cluster <cluster>",
      });
      continue;
    }
    facts.push({ path: ["namespaces", namespace, "cluster"], value: chosen });
    const stores = Object.keys(known.stores);
    const default_ = own(known.clusters, chosen)?.store;
    const reads = wanted ?? store ?? default_ ?? (stores.length === 1 ? stores[0] : undefined);
    if (reads === undefined)
      issues.push({
        path,
        problem: `reads none of the stores ${stores.join(", ")} yet`,
        fix: "name one: --store <store>",
      });
    else if (reads !== default_) facts.push({ path: ["namespaces", namespace, "store"], value: reads });
  }
  return { facts, issues };
}
