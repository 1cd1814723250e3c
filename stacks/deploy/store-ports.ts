import type { RemoteStoreSpec } from "../../components/backends/contract.ts";
import { readsStore, type Cluster } from "../config/environment.ts";

/** Clouds, their token services, and a proxy's usual port too. */
const https = 443;

/**
 * TCP ports at which the operator of a cluster reaches the stores that its namespaces read, and those that it pushes
 * generated secrets to, in ascending order: 443, and the port in the address of each Vault. Pure.
 */
export function storePorts({ spec, namespaces }: Pick<Cluster, "spec" | "namespaces">): readonly number[] {
  const ports = namespaces
    .flatMap((each) => [
      ...(readsStore(each) ? [each.store] : []),
      ...(spec.externalSecrets.pushSecrets ? each.alsoStores : []),
    ])
    .flatMap(portOf);
  return [...new Set([https, ...ports])].sort((one, other) => one - other);
}

function portOf(store: RemoteStoreSpec): readonly number[] {
  if (store.kind !== "vault-kv") return [];
  const { port, protocol } = new URL(store.clusterAddress);
  if (port !== "") return [Number(port)];
  return [protocol === "http:" ? 80 : https];
}
