import { portOf } from "../../components/support/port-of.ts";
import { backendOf } from "../../components/backends/index.ts";
import { everyNamespaceOf, type Cluster } from "../config/environment.ts";
import { readsStore } from "../config/store-use.ts";

/** Clouds and their token services. */
const https = 443;

/**
 * TCP ports at which the operator of a cluster reaches the stores that its namespaces read, those that it pushes
 * generated secrets to, and its proxy, in ascending order. Pure.
 */
export function storePorts(cluster: Omit<Cluster, "needsOperator">): readonly number[] {
  const { spec } = cluster;
  const ports = everyNamespaceOf(cluster)
    .flatMap((each) => [
      ...(readsStore(each) ? [each.store] : []),
      ...(spec.externalSecrets.pushSecrets ? each.alsoStores : []),
    ])
    .flatMap((store) => backendOf(store).ports(store));
  const { proxy } = spec.externalSecrets;
  return [...new Set([https, ...ports, ...(proxy === undefined ? [] : [portOf(proxy.url)])])].sort(
    (one, other) => one - other,
  );
}
