import type { CloudIdentities } from "../identity.ts";
import { vaultCredentials, type VaultLogin } from "./identity-rules.ts";
import type { VaultKvSpec } from "./kv.ts";
import { vaultProvider } from "./secret-store.ts";

/** Identities on Vault: roles of its Kubernetes auth method. */
export const vaultIdentities: CloudIdentities<VaultKvSpec, VaultLogin> = {
  load: async () => (await import("./identity.ts")).vaultIdentity,
  // Vault asks the cluster itself whether a token is real.
  check: () => [],
  credentials: vaultCredentials,
  storeProvider: vaultProvider,
};
