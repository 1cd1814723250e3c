import type { VaultKvSpec } from "../../../../components/backends/vault/kv.ts";
import { cluster, type Rows } from "./row.ts";

const store: VaultKvSpec = {
  kind: "vault-kv",
  name: "vault",
  address: "https://vault.example:8200",
  clusterAddress: "https://vault.inside:8200",
  mount: "secret",
  auth: { mountPath: "kubernetes", mountPaths: {}, audience: "vault" },
  maxVersions: 10,
};

const row = {
  store,
  cluster,
  grant: (path: string) => ({ kind: "vault-kv", mount: "secret", path }) as const,
  login: "service-account",
  wildcard: { remoteName: "acme-test/*", message: /contains a wildcard/ },
} as const;

export const vault: Rows<"vault-kv"> = [
  { title: "Vault Kubernetes auth", ...row },
  {
    title: "Vault Kubernetes auth in a namespace above the secrets",
    ...row,
    store: { ...store, namespace: "admin/ml", auth: { ...store.auth, namespace: "admin" } },
  },
];
