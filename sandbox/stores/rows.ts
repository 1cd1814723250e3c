/** One store, read by one identity, in a namespace of its own. */
export interface StoreRow {
  readonly namespace: string;
  /** Name of the store in the facts. */
  readonly store: string;
  /** Name of the cluster in the facts: all of them are the platform's one cluster, told of in different ways. */
  readonly cluster: string;
  /** How the namespace proves itself, in words. */
  readonly identity: string;
}

/** Every kind of store with every identity that reads it. */
export const storeRows: readonly StoreRow[] = [
  { namespace: "store-ssm", store: "parameter-store", cluster: "eks", identity: "IRSA" },
  { namespace: "store-secrets-manager", store: "secrets-manager", cluster: "eks", identity: "IRSA" },
  {
    namespace: "store-pod-identity",
    store: "secrets-manager",
    cluster: "eks-pod-identity",
    identity: "EKS Pod Identity",
  },
  { namespace: "store-key-vault", store: "key-vault", cluster: "aks", identity: "Azure workload identity" },
  { namespace: "store-gcp", store: "secret-manager", cluster: "gke", identity: "GKE workload identity" },
  {
    namespace: "store-gcp-federation",
    store: "secret-manager",
    cluster: "local",
    identity: "workload identity federation",
  },
  { namespace: "store-vault", store: "vault", cluster: "local", identity: "Vault Kubernetes auth" },
  { namespace: "store-plain", store: "plain", cluster: "local", identity: "none" },
];
