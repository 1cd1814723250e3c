import { vaultSpec as store } from "../../../support/vault-spec.ts";
import { cluster, type Rows } from "./row.ts";

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
  {
    title: "Vault JWT auth, of a cluster that Vault can't reach",
    ...row,
    store: { ...store, auth: { ...store.auth, type: "jwt", mountPath: "jwt" } },
  },
  {
    title: "Vault AppRole, with a secret id that people put into a Secret",
    ...row,
    store: {
      ...store,
      auth: {
        ...store.auth,
        type: "approle",
        mountPath: "approle",
        secretId: { name: "vault-approle", key: "secretId" },
      },
    },
    login: "secret",
  },
  {
    title: "Vault JWT auth of one cluster, at its own mount",
    ...row,
    store: { ...store, auth: { ...store.auth, types: { main: "jwt" }, mountPaths: { main: "jwt-main" } } },
  },
];
