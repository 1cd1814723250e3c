import { cluster, type Rows } from "./row.ts";

export const vault: Rows<"vault-kv"> = [
  {
    title: "Vault Kubernetes auth",
    store: {
      kind: "vault-kv",
      name: "vault",
      address: "https://vault.example:8200",
      clusterAddress: "https://vault.inside:8200",
      mount: "secret",
      auth: { mountPath: "kubernetes", mountPaths: {}, audience: "vault" },
      maxVersions: 10,
    },
    cluster,
    grant: (path) => ({ kind: "vault-kv", mount: "secret", path }),
    login: "service-account",
    wildcard: { remoteName: "acme-test/*", message: /contains a wildcard/ },
  },
];
