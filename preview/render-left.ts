import type { Preview } from "./schema.ts";

/** What `destroy` leaves, a sentence for each kind of thing. Pure. */
export function leftLines({ leftByDestroy: left }: Pick<Preview, "leftByDestroy">): readonly string[] {
  const lines = [
    ...Object.entries(left.namespaces).map(([cluster, names]) => `namespaces of ${cluster}: ${names.join(", ")}`),
    ...Object.entries(left.secrets).map(
      ([cluster, count]) => `${count} ${count === 1 ? "Secret" : "Secrets"} in ${cluster}`,
    ),
    ...Object.entries(left.objects).map(
      ([store, count]) => `${count} ${count === 1 ? "object" : "objects"} in store ${store}`,
    ),
    ...left.stores.map((store) => `the store ${store} itself`),
    ...left.auditLogs.map((store) => `the audit log of ${store}`),
    ...left.crds.map((cluster) => `the kinds of the operator (CRDs) in ${cluster}`),
  ];
  return lines.length === 0 ? ["nothing"] : lines;
}
