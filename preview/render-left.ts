import type { Preview } from "./schema.ts";

/** What remains after `destroy`, one line per kind of object. Pure. */
export function leftLines({ leftByDestroy: left }: Pick<Preview, "leftByDestroy">): readonly string[] {
  const lines = [
    ...Object.entries(left.namespaces).map(([cluster, names]) => `namespaces on ${cluster}: ${names.join(", ")}`),
    ...Object.entries(left.secrets).map(
      ([cluster, count]) => `${count} ${count === 1 ? "Secret" : "Secrets"} on ${cluster}`,
    ),
    ...Object.entries(left.objects).map(
      ([store, count]) => `${count} ${count === 1 ? "object" : "objects"} in store ${store}`,
    ),
    ...left.stores.map((store) => `the store ${store} itself`),
    ...left.auditLogs.map((store) => `the audit log of ${store}`),
    ...left.crds.map((cluster) => `the operator's CRDs on ${cluster}`),
  ];
  return lines.length === 0 ? ["nothing"] : lines;
}
