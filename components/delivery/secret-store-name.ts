import type { ClusterSpec } from "../clusters/contract.ts";
import { readerName } from "../support/naming.ts";

/** Name of the SecretStore that a namespace of the cluster reads through. */
export function secretStoreName({ externalSecrets }: ClusterSpec): string {
  return externalSecrets.secretStoreName ?? readerName;
}

/**
 * Logical name of that SecretStore. One of another name is another resource: the cluster is asked whether it has one
 * already, and the former goes when every ExternalSecret reads through the new one.
 *
 * @param key the namespace's: `<cluster>/<namespace>`.
 */
export function secretStoreResource(
  key: string,
  { externalSecrets: { secretStoreName: chosen } }: ClusterSpec,
): string {
  return chosen === undefined ? `${key}/secret-store` : `${key}/secret-store/${chosen}`;
}
