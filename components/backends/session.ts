import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { OpenKeyVaultApi } from "./azure/key-vault-client.ts";
import type { StateResource, StoredObject, StoreSpec } from "./contract.ts";
import type { RemoteObject } from "./remote-object.ts";

/** An object that the state knows to be ours. */
export interface OwnedObject {
  /** Name of the resource that it is in the state. */
  readonly resource: string;
  /** Asks the store whether it still holds what was written last. Values stay within this process. */
  readonly intact: () => Output<boolean>;
}

export interface PutArgs {
  readonly object: RemoteObject;
  /** What to write: JSON of all keys, or the value itself where the object is one key. Marked secret. */
  readonly payload: Output<string>;
  /** Shown to operators in the store, where it has a place for such labels: which program and stack own the secret. */
  readonly owner: Readonly<Record<string, string>>;
  /** Date by which the value is due for rotation (`YYYY-MM-DD`). */
  readonly rotateBy?: string;
  /** Whether the remote object outlives `destroy`. */
  readonly retain: boolean;
  /** Whether the object exists although the state does not know it, and is to be taken over. */
  readonly adopt: boolean;
  /** Key that values are told apart with where the state must not hold them; given where the store is write-only. */
  readonly digestKey?: Output<string>;
  readonly options: CustomResourceOptions;
}

/** An open remote store. Made once per store and run. */
export interface StoreSession {
  /** Options of resources that live beside the secrets, such as policies: the store's provider. */
  readonly options: CustomResourceOptions;
  /** Which of these remote names exist in the store. Asks for names only, never for values. */
  existing(remoteNames: readonly string[]): Promise<ReadonlySet<string>>;
  /** What the state knows to be ours, by remote name. */
  owned(state: readonly StateResource[]): ReadonlyMap<string, OwnedObject>;
  /** How an operator puts back a value that was changed by hand. */
  healing(remoteName: string): string;
  /** Whether values can be read only once `prepare` was called: where that makes the right to. Default: no. */
  readonly readableOncePrepared?: boolean;
  /** What the store holds under a name, as it was written; `undefined` when there is nothing. Marked secret. */
  read(remoteName: string): Output<string | undefined>;
  /**
   * Makes what the store itself needs, such as a vault: called once nothing was refused, and before the first `put`, which
   * does it too. Without the call a run that writes nothing would delete it.
   */
  prepare?(): void;
  /** Writes one object. */
  put(name: string, args: PutArgs): StoredObject;
  /**
   * An object that exists and is never written here. `digestKey` makes the secret's key (`values/digest-key.ts`), for a
   * store that tells no version: a number of the value stands for it then.
   */
  reference(name: string, object: RemoteObject, digestKey: () => Output<string>): StoredObject;
}

export interface OpenArgs<S extends StoreSpec> {
  readonly spec: S;
  /** A secret configuration value, if set: the store's credentials. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
  readonly options: CustomResourceOptions;
  /** What answers for a Key Vault where Pulumi's provider can't. Default: the vault itself. */
  readonly keyVaultApi?: OpenKeyVaultApi;
}

/** Half of a backend that needs its provider's SDK: loaded only when a configured store asks for it. */
export interface StoreBackend<S extends StoreSpec> {
  open(args: OpenArgs<S>): StoreSession | Promise<StoreSession>;
}
