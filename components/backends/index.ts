import type { Issue } from "../support/messages/errors.ts";
import { awsParameterStore, awsSecretsManager } from "./aws/backends.ts";
import type { AwsParameterStoreSpec } from "./aws/parameter-store.ts";
import type { AwsSecretsManagerSpec } from "./aws/secrets-manager.ts";
import { azureKeyVault } from "./azure/backend.ts";
import type { OpenKeyVaultApi } from "./azure/key-vault-client.ts";
import type { AzureKeyVaultSpec } from "./azure/key-vault.ts";
import type { Backend } from "./backend.ts";
import type { OpenArgs, StoreSession } from "./session.ts";
import { gcpSecretManager } from "./gcp/backend.ts";
import type { GcpSecretManagerSpec } from "./gcp/secret-manager.ts";
import { secretId } from "../support/naming.ts";
import type { RemoteObject, SecretShape } from "./remote-object.ts";
import { vaultKv } from "./vault/backend.ts";
import type { VaultKvSpec } from "./vault/kv.ts";

/** A configured place for secrets outside the cluster. `kind` selects the backend. */
export type RemoteStoreSpec =
  AwsParameterStoreSpec | AwsSecretsManagerSpec | AzureKeyVaultSpec | GcpSecretManagerSpec | VaultKvSpec;
export type RemoteStoreKind = RemoteStoreSpec["kind"];

type SpecOf<K extends RemoteStoreKind> = Extract<RemoteStoreSpec, { kind: K }>;

/** Every kind of remote store, in the order in which people read of them. A kind without its row does not compile. */
export const backends: { readonly [K in RemoteStoreKind]: Backend<SpecOf<K>> } = {
  "aws-parameter-store": awsParameterStore,
  "aws-secrets-manager": awsSecretsManager,
  "azure-key-vault": azureKeyVault,
  "gcp-secret-manager": gcpSecretManager,
  "vault-kv": vaultKv,
};

export const remoteStoreKinds = Object.keys(backends) as readonly RemoteStoreKind[];

/** Configuration keys that may hold secret values for stores, beside the credentials of static readers. */
export const storeSecretKeys: readonly string[] = Object.values(backends).flatMap(({ secretKeys }) => secretKeys);

/** The backend of a store. */
export function backendOf<S extends RemoteStoreSpec>(spec: Pick<S, "kind">): Backend<S> {
  // A spec always meets the backend of its own kind; TypeScript can't follow that through the table's mapped type.
  return backends[spec.kind] as unknown as Backend<S>;
}

/** Whether a store's values are written through fields that the state does not keep among its outputs. */
export function isWriteOnly(spec: RemoteStoreSpec): boolean {
  return "writeOnly" in spec && spec.writeOnly === true;
}

/** The remote objects under which a store keeps a secret. Pure. */
export function remoteObjectsOf(spec: RemoteStoreSpec, shape: SecretShape): readonly RemoteObject[] {
  return backendOf(spec).objects(spec, shape);
}

/** What a store would refuse about a secret. Pure; runs while the configuration is parsed. */
export function checkSecretShape(spec: RemoteStoreSpec, shape: SecretShape): readonly Issue[] {
  return [...backendOf(spec).check(spec, shape), ...emptyObjects(spec, shape)];
}

/**
 * Objects that would be empty. Parameter Store, Secrets Manager and Google Cloud refuse those; of Key Vault no document says
 * that it takes them. Within an object of several keys, an empty value is an empty text of its JSON, which all of them take.
 */
function emptyObjects(spec: RemoteStoreSpec, shape: SecretShape): readonly Issue[] {
  const { empty = [], referenced, address } = shape;
  if (empty.length === 0 || referenced === true) return [];
  return remoteObjectsOf(spec, shape)
    .filter(({ layout, keys }) => layout === "per-key" && keys.some((key) => empty.includes(key)))
    .map(({ keys }) => ({
      path: `stores.${spec.name}`,
      problem: `key ${keys[0] ?? ""} of ${secretId(address)} is empty, and the store (${spec.kind}, layout per-key) keeps each key as an object of its own, which must not be empty`,
      fix: "leave the key out, or keep the secret in a store with one object for all of its keys: layout bundle, or vault-kv",
    }));
}

/** Whether what is written to one store gets into another by itself, under the same name. Pure. */
export function replicates(from: RemoteStoreSpec, to: RemoteStoreSpec): boolean {
  return from !== to && from.kind === to.kind && backendOf(from).replicates?.(from, to) === true;
}

export interface OpenStoreArgs<S extends RemoteStoreSpec> extends OpenArgs<S> {
  /** What answers for a Key Vault where Pulumi's provider can't. Default: the vault itself. */
  readonly keyVaultApi?: OpenKeyVaultApi;
}

/** Opens a store: loads its backend and registers its provider. */
export async function openStore<S extends RemoteStoreSpec>(args: OpenStoreArgs<S>): Promise<StoreSession> {
  const { backend } = await backendOf(args.spec).loadSession();
  return backend.open(args);
}
