import { authTypeOf } from "./auth-types.ts";
import type { CloudIdentities } from "../identity.ts";
import { vaultCredentials, type VaultLogin } from "./identity-rules.ts";
import type { VaultKvSpec } from "./kv.ts";
import { vaultProvider } from "./secret-store.ts";

/** Identities on Vault: roles of an auth method. */
export const vaultIdentities: CloudIdentities<VaultKvSpec, VaultLogin> = {
  load: async () => (await import("./identity.ts")).vaultIdentity,
  // Vault asks the cluster itself whether a token is real.
  check: () => [],
  bySecret: ({ auth }, { name }) => authTypeOf(auth, name) === "approle",
  credentials: vaultCredentials,
  storeProvider: vaultProvider,
};
