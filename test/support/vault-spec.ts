import type { VaultKvSpec } from "../../components/backends/vault/kv.ts";

/** A Vault that the program and clusters reach at different addresses. */
export const vaultSpec: VaultKvSpec = {
  kind: "vault-kv",
  name: "vault",
  address: "https://vault.example:8200",
  clusterAddress: "https://vault.inside:8200",
  mount: "secret",
  auth: { mountPath: "kubernetes", mountPaths: {}, audience: "vault" },
  maxVersions: 10,
};
