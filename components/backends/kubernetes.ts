/**
 * No store at all: values go straight into Secrets of the consuming namespace. For development: whoever reads the
 * namespace's Secrets has the only copy, there are no versions, and nothing heals a Secret that was changed by hand.
 * Nothing made here comes near etcd's default request limit (1.5 MiB) or the API server's for a Secret (1 MiB).
 */
export interface KubernetesStoreSpec {
  readonly kind: "kubernetes";
  readonly name: string;
}
