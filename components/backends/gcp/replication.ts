import type { GcpSecretManagerSpec } from "./secret-manager.ts";

/** Locations of a secret's values. Google never changes those of an existing secret. */

/** Replication as the resource's input. */
export interface ReplicationArgs {
  readonly auto?: { readonly customerManagedEncryption?: KmsKey };
  readonly userManaged?: {
    readonly replicas: { readonly location: string; readonly customerManagedEncryption?: KmsKey }[];
  };
}
interface KmsKey {
  readonly kmsKeyName: string;
}

/** As a list of secrets shows it. */
export interface ShownReplication {
  readonly autos?: readonly unknown[];
  readonly userManageds?: readonly { readonly replicas?: readonly { readonly location: string }[] }[];
}

type Places = Pick<GcpSecretManagerSpec, "locations" | "kmsKeyName">;

/** The replication that a store's secrets are made with. */
export function replicationOf({ locations, kmsKeyName }: Places): ReplicationArgs {
  if (locations.length === 0) return { auto: encrypted(kmsKeyName) };
  return {
    userManaged: { replicas: locations.map(({ location, kmsKeyName: key }) => ({ location, ...encrypted(key) })) },
  };
}

function encrypted(kmsKeyName: string | undefined): { readonly customerManagedEncryption?: KmsKey } {
  return kmsKeyName === undefined ? {} : { customerManagedEncryption: { kmsKeyName } };
}

/** The locations for messages: `automatic`, or `europe-west1, europe-west3`. */
export function placesOf({ locations }: Places): string {
  return locations.length === 0 ? automatic : inWords(locations.map(({ location }) => location));
}

/** The locations of an existing secret, in the same form. */
export function placesShown(shown: readonly ShownReplication[]): string {
  const replicas = shown.flatMap(({ userManageds = [] }) => userManageds.flatMap((each) => each.replicas ?? []));
  return replicas.length === 0 ? automatic : inWords(replicas.map(({ location }) => location));
}

const automatic = "automatic";

function inWords(locations: readonly string[]): string {
  return [...locations].sort().join(", ");
}
