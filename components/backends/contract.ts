import type { CustomResourceOptions, Output, Resource } from "@pulumi/pulumi";
import type { Issue } from "../support/errors.ts";
import type { SecretValues } from "../values/values.ts";
import type { RemoteObject, StoreCandidate } from "./remote-object.ts";

/** What every remote store has. Each kind adds its own; `kind` selects the backend. */
export interface StoreBase {
  readonly kind: string;
  /** Its name in the facts. */
  readonly name: string;
  /** Whether values are written through a field that the state does not keep (`write-only.ts`). Default: no. */
  readonly writeOnly?: true;
  /** Whether namespaces read with credentials that people bring, instead of an identity of their own. For development only. */
  readonly staticCredentials?: true;
}

/** What a reader must be allowed to do to read one remote object, and nothing more. Each cloud adds what names the object. */
export interface ReadGrant {
  /** The kind of store. */
  readonly kind: string;
}

/** One remote object that holds some keys of a secret. */
export interface StoredObject {
  readonly object: RemoteObject;
  readonly grant: ReadGrant;
  /** The store's version of the value: moves exactly when the value does. Not secret. */
  readonly version: Output<string>;
  /** What must exist before somebody reads; nothing for an object that somebody else owns. */
  readonly resources: readonly Resource[];
}

/** A secret that lies in a remote store, in one object or in one for each key. */
export interface RemoteSecret {
  readonly kind: "remote";
  readonly store: string;
  readonly objects: readonly StoredObject[];
}

/** A secret without a remote store: its values go straight into the namespace. */
export interface EmbeddedSecret {
  readonly kind: "embedded";
  readonly store: string;
  readonly values: SecretValues;
}
export type StoredSecret = RemoteSecret | EmbeddedSecret;

/** One resource of this stack's own state, as read before anything is registered. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Its outputs, marked secret as a whole: some are. */
  readonly outputs: Output<Readonly<Record<string, unknown>>>;
  /** The outputs that backends recognise their objects by; none of them is secret. */
  readonly names: StateNames;
  /** Whether it said that it is Ready, where it is an object of the operator. Default: no. */
  readonly ready?: true;
  /** Whether it writes keys into an object that somebody else owns. Default: no. */
  readonly merges?: true;
  /**
   * Its annotation `force-sync`, where it is an ExternalSecret that found no Secret to merge its keys into: the operator
   * calls that Ready too.
   */
  readonly unmerged?: string;
}

/** Outputs that name a resource. */
export type StateNames = Readonly<Partial<Record<(typeof stateNameKeys)[number], string>>>;
export const stateNameKeys = [
  "path",
  "name",
  "arn",
  "region",
  "project",
  "secret",
  "secretId",
  "vaultName",
  "tier",
  "versionId",
  "kmsKeyId",
  "secretUri",
  "clusterIdentifier",
] as const;

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

/** Names and limits of what a store holds. Runs while the configuration is parsed. */
export interface StoreRules<S extends StoreBase> {
  /** The remote objects of a secret, in the order of its keys. */
  objects(spec: S, candidate: StoreCandidate): readonly RemoteObject[];
  /** What the store would refuse: illegal names, too large values, and so on. */
  check(spec: S, candidate: StoreCandidate): readonly Issue[];
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

export interface OpenArgs<S extends StoreBase> {
  readonly spec: S;
  /** A secret configuration value, if set: the store's credentials. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
  readonly options: CustomResourceOptions;
}

/** The part of a backend that needs its provider's SDK: loaded only when a configured store asks for it. */
export interface StoreBackend<S extends StoreBase> {
  open(args: OpenArgs<S>): StoreSession | Promise<StoreSession>;
}
