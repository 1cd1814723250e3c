import type { RemoteStoreSpec } from "../components/backends/index.ts";
import type { Accounts, World } from "./answers/contract.ts";

/** Replaces secret values: a text, and base64 as well. It is never shown. */
export const placeholder = "placeholder+";
const emptyUuid = "00000000-0000-0000-0000-000000000000";

/** Used where the store's facts do not say. */
const unknownAccounts: Accounts = {
  partition: "aws",
  region: "us-east-1",
  accountId: "000000000000",
  subscriptionId: emptyUuid,
  tenantId: emptyUuid,
  vaultSuffix: "vault.azure.net",
  projectNumber: "000000000000",
};

/**
 * The world before a first `up` according to the facts: the state is empty, and the store holds the given objects, each
 * with one version and an empty value.
 *
 * @param store the store that the provider belongs to; undefined for a question to the engine.
 * @param remoteNames names of the objects that exist there.
 */
export function worldOfFacts(store: RemoteStoreSpec | undefined, remoteNames: readonly string[]): World {
  const held = store === undefined ? [] : remoteNames.map((name) => `${namePrefix(store)}${name}`);
  return {
    accounts: { ...unknownAccounts, ...store },
    names: (kind) => (kind === store?.kind ? held : []),
    read: (kind, name) => (kind === store?.kind && held.includes(name) ? { payload: "{}", version: 1 } : undefined),
    stateOf: () => ({}),
  };
}

/** What the provider's functions put before a remote name. */
function namePrefix(store: RemoteStoreSpec): string {
  if ("mount" in store) return `${store.mount}/`;
  return "project" in store ? `projects/${store.project}/secrets/` : "";
}
