import type { ClusterSpec } from "../../components/clusters/contract.ts";
import type { StoreSpec } from "../../components/backends/contract.ts";
import type { EnvironmentSpec } from "../config/environment.ts";

/** Clouds, their token services, and a proxy's usual port too. */
const https = 443;

/**
 * TCP ports at which the operator of a cluster reaches the stores that its namespaces read, and those that it pushes
 * generated secrets to, in ascending order: 443, and the port in the address of each Vault. Pure.
 */
export function storePortsOf(
  { namespaces, stores }: Pick<EnvironmentSpec, "namespaces" | "stores">,
  { name, externalSecrets }: Pick<ClusterSpec, "name" | "externalSecrets">,
): readonly number[] {
  const ports = [...namespaces.values()]
    .filter(({ cluster }) => cluster === name)
    .flatMap(({ store, alsoStores }) => [store, ...(externalSecrets.pushSecrets ? alsoStores : [])])
    .flatMap((store) => stores.get(store) ?? [])
    .flatMap(portOf);
  return [...new Set([https, ...ports])].sort((one, other) => one - other);
}

function portOf(store: StoreSpec): readonly number[] {
  if (store.kind !== "vault-kv") return [];
  const { port, protocol } = new URL(store.clusterAddress);
  if (port !== "") return [Number(port)];
  return [protocol === "http:" ? 80 : https];
}
