import type { StoredSecret } from "../../components/backends/contract.ts";

/** Pseudo-store of the namespaces that get their Secrets plain. No store can have this name. */
export const plainDestination = "(plain)";

/** What is stored: by store, then by `<app>/<secret>`. */
export type StoredByStore = ReadonlyMap<string, ReadonlyMap<string, StoredSecret>>;

/** Both together. */
export function merged(a: StoredByStore, b: StoredByStore): StoredByStore {
  const result = new Map(a);
  for (const [store, secrets] of b) result.set(store, new Map([...(result.get(store) ?? []), ...secrets]));
  return result;
}
