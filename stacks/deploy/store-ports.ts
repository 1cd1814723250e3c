import type { ClusterSpec } from "../../components/clusters/contract.ts";
import { backendOf, isRemote } from "../../components/backends/index.ts";
import type { EnvironmentSpec } from "../config/environment.ts";

/** Clouds, their token services, and a proxy's usual port too. */
const https = 443;

/**
 * TCP ports at which the operator of a cluster reaches the stores that its namespaces read, and those that it pushes
 * generated secrets to, in ascending order. Pure.
 */
export function storePortsOf(
  { namespaces, stores }: Pick<EnvironmentSpec, "namespaces" | "stores">,
  { name, externalSecrets }: Pick<ClusterSpec, "name" | "externalSecrets">,
): readonly number[] {
  const ports = [...namespaces.values()]
    .filter(({ cluster }) => cluster === name)
    .flatMap(({ store, alsoStores }) => [store, ...(externalSecrets.pushSecrets ? alsoStores : [])])
    .flatMap((store) => stores.get(store) ?? [])
    .filter(isRemote)
    .flatMap((store) => backendOf(store).ports(store));
  return [...new Set([https, ...ports])].sort((one, other) => one - other);
}
