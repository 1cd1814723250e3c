import assert from "node:assert/strict";
import type { ExistingNamespace } from "../../components/clusters/existing-namespaces.ts";
import { external, type ExternalQueries } from "../../stacks/deploy/external-queries.ts";

/**
 * Stores that answer themselves, and clusters that have the namespaces which these facts call existing, and no other. No
 * cluster is asked.
 */
export function emptyExternal(facts: Readonly<Record<string, unknown>>): ExternalQueries {
  const namespaces = (facts["namespaces"] ?? {}) as Readonly<
    Record<string, { readonly create?: boolean; readonly name?: string }>
  >;
  const existing = Object.entries(namespaces).filter(([, { create }]) => create !== true);
  const { labels: _, ...others } = external;
  return {
    ...others,
    clusters: emptyClusters,
    findObstacles: () => Promise.resolve([]),
    examineTarget: () => Promise.resolve(),
    verifyTarget: () => Promise.resolve(),
    takeFields: () => Promise.resolve(),
    servesAlerts: () => Promise.resolve(true),
    existingNamespaces: () => Promise.resolve(namespaceList(...existing.map(([entry, { name = entry }]) => name))),
  };
}

/** Clusters without any object. */
export const emptyClusters: ExternalQueries["clusters"] = {
  find: () => Promise.resolve([]),
  read: () => assert.fail("nothing was found that could be read"),
};

/** What a cluster says that has these namespaces. */
export function namespaceList(...names: readonly string[]): ReadonlyMap<string, ExistingNamespace> {
  return new Map(names.map((name) => [name, { terminating: false, labels: {} }]));
}
