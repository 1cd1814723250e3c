import type { StoreRules } from "./contract.ts";

/**
 * No store at all: values go straight into Secrets of the consuming namespace. For development: whoever reads the
 * namespace's Secrets has the only copy, there are no versions, and nothing heals a Secret that was changed by hand.
 */
export interface KubernetesStoreSpec {
  readonly kind: "kubernetes";
  readonly name: string;
}

/** etcd's default request limit is 1.5 MiB, the API server's limit for a Secret 1 MiB: nothing made here comes near. */
export const kubernetesRules: StoreRules<KubernetesStoreSpec> = {
  objects: () => [],
  check: () => [],
};
