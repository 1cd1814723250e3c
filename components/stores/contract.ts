import type { CustomResourceOptions, Output, Resource } from "@pulumi/pulumi";
import type { Issue } from "../support/errors.ts";
import type { SecretAddress } from "../support/naming.ts";
import type { SecretValues } from "../values/values.ts";
import type { KubernetesStoreSpec } from "./kubernetes.ts";
import type { VaultKvSpec } from "./vault-kv.ts";

/** A configured place for secrets. `kind` selects the backend. */
export type StoreSpec = VaultKvSpec | KubernetesStoreSpec;
export type BuiltStoreKind = StoreSpec["kind"];

/** Every kind the product is made for. Those without a backend yet are refused by name when a configuration asks for one. */
export const storeKinds = [
  "aws-parameter-store",
  "aws-secrets-manager",
  "azure-key-vault",
  "gcp-secret-manager",
  "vault-kv",
  "kubernetes",
] as const;
export type StoreKind = (typeof storeKinds)[number];

/** Where ESO finds one key: as in an ExternalSecret's `remoteRef`. */
export interface RemoteRef {
  readonly key: string;
  readonly property?: string;
}

/** What a reader must be allowed to do to read one stored secret, and nothing more. */
export type ReadGrant = VaultReadGrant;
export interface VaultReadGrant {
  readonly kind: "vault-kv";
  readonly mount: string;
  /** Path below the mount, without `data/`. */
  readonly path: string;
}

/** A secret that lies in a remote store. */
export interface RemoteSecret {
  readonly kind: "remote";
  readonly store: string;
  readonly remoteName: string;
  /** Where each key is read. */
  readonly refs: Readonly<Record<string, RemoteRef>>;
  /** Key of the one object that holds all keys, readable in one call; absent when each key is an object. */
  readonly bundle?: string;
  readonly grant: ReadGrant;
  /** The store's version of the value: moves exactly when the value does. Not secret. */
  readonly version: Output<string>;
  /** What must exist before somebody reads. */
  readonly resource: Resource;
}

/** A secret without a remote store: its values go straight into the namespace. */
export interface EmbeddedSecret {
  readonly kind: "embedded";
  readonly store: string;
  readonly values: SecretValues;
}
export type StoredSecret = RemoteSecret | EmbeddedSecret;

/** A secret to be stored, as far as names and limits are concerned. */
export interface StoreCandidate {
  readonly address: SecretAddress;
  readonly keys: readonly string[];
}

/** One resource of this stack's own state, as read before anything is registered. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Its outputs, marked secret as a whole: some are. */
  readonly outputs: Output<Readonly<Record<string, unknown>>>;
  /** Path of a remote object, by which backends recognise theirs. */
  readonly path?: string;
}

export interface PutArgs {
  readonly candidate: StoreCandidate;
  readonly values: SecretValues;
  /** Shown to operators in the store, where it has a place for such labels: which program and stack own the secret. */
  readonly owner: Readonly<Record<string, string>>;
  /** Whether the remote object outlives `destroy`. */
  readonly retain: boolean;
  readonly options: CustomResourceOptions;
}

/** Pure half of a backend: runs while the configuration is parsed. */
export interface StoreRules<S extends StoreSpec> {
  /** Name of the remote object. */
  remoteName(spec: S, address: SecretAddress): string;
  /** What the store would refuse: illegal names, too large values, and so on. */
  check(spec: S, candidate: StoreCandidate): readonly Issue[];
}

/** An open store. Made once per store and run. */
export interface StoreSession {
  /** Options of resources that live beside the secrets, such as policies: the store's provider. */
  readonly options: CustomResourceOptions;
  /** Which of these remote names exist in the store. Asks for names only, never for values. */
  existing(remoteNames: readonly string[]): Promise<ReadonlySet<string>>;
  /** What the state knows to be ours: by remote name, the values written last. */
  owned(state: readonly StateResource[]): ReadonlyMap<string, SecretValues>;
  /** How an operator puts back a value that was changed by hand. */
  healing(remoteName: string): string;
  /** What the store holds under a name, by key; `undefined` when there is nothing. Marked secret. */
  read(remoteName: string): Output<Readonly<Record<string, string>> | undefined>;
  put(name: string, args: PutArgs): StoredSecret;
}

export interface OpenArgs<S extends StoreSpec> {
  readonly spec: S;
  /** A secret configuration value, if set: the store's credentials. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
  readonly options: CustomResourceOptions;
}

/** Half of a backend that needs its provider's SDK: loaded only when a configured store asks for it. */
export interface StoreBackend<S extends StoreSpec> {
  open(args: OpenArgs<S>): StoreSession;
}
