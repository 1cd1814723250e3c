import { backendOf } from "../../components/backends/index.ts";
import { readsStore, type Cluster } from "../config/environment.ts";

/** Clouds, their token services, and a proxy's usual port too. */
const https = 443;

/**
 * TCP ports at which the operator of a cluster reaches the stores that its namespaces read, and those that it pushes
 * generated secrets to, in ascending order. Pure.
 */
export function storePorts({ spec, namespaces }: Pick<Cluster, "spec" | "namespaces">): readonly number[] {
  const ports = namespaces
    .flatMap((each) => [
      ...(readsStore(each) ? [each.store] : []),
      ...(spec.externalSecrets.pushSecrets ? each.alsoStores : []),
    ])
    .flatMap((store) => backendOf(store).ports(store));
  return [...new Set([https, ...ports])].sort((one, other) => one - other);
}
