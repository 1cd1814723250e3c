import type { ClusterSpec } from "./contract.ts";

/** Whether Red Hat's own operator installs the External Secrets Operator in a cluster, and decides about it. */
export function isManagedByOpenShift(cluster: ClusterSpec): boolean {
  return cluster.flavour === "openshift" && cluster.manager === "operator-lifecycle-manager";
}
