import type { Output, Resource } from "@pulumi/pulumi";
import type { SealedBefore } from "../sealed-secrets/resealing.ts";
import type { Issue } from "../support/messages/errors.ts";
import type { SecretValues } from "../values/values.ts";
import type { StoreCredentials } from "./issued.ts";
import type { NativeRotations } from "./native-rotation.ts";
import type { StoreReferences } from "./references.ts";
import type { RemoteNames } from "./remote-names.ts";
import type { RemoteObject, SecretShape } from "./remote-object.ts";

/** What every remote store has. Each kind adds its own; `kind` selects the backend. */
export interface StoreBase {
  readonly kind: string;
  /** Its name in the facts. */
  readonly name: string;
  /** Whether values are written through a field that the state does not keep (`write-only.ts`). Default: no. */
  readonly writeOnly?: true;
  /** Whether namespaces read with credentials that people bring, instead of an identity of their own. For development only. */
  readonly staticCredentials?: true;
  /** Requests per second that the account was raised to. Default: the vendor's own. */
  readonly quota?: StoreQuota;
  /** How the operator repeats requests that fail. Default: the provider's own way. */
  readonly retrySettings?: RetrySettings;
  /** Exact names of objects. Default: each is made of the secret's address. */
  readonly remoteNames?: RemoteNames;
  /** Secrets that somebody else writes in this store, by `<app>/<secret>`. Default: none but those of all stores. */
  readonly references?: StoreReferences;
  /** Credentials that the store issues by itself, by `<app>/<secret>`. Default: none. */
  readonly credentials?: StoreCredentials;
  /** Secrets of others that the store rotates with a function, by `<app>/<secret>`. Default: none by these facts. */
  readonly nativeRotations?: NativeRotations;
  /** How objects are named that have no exact name, such as `{environment}/{application}/{secret}`. Default: as usual. */
  readonly nameScheme?: string;
}

/** Requests per second that a store answers. */
export interface StoreQuota {
  readonly readsPerSecond?: number;
  readonly writesPerSecond?: number;
}

/** How often the operator repeats a request that failed, before it waits for the next refresh. */
export interface RetrySettings {
  /** Repetitions, without the first request; 0 for none. */
  readonly maxRetries: number;
  /** Seconds between them. Default: the provider's own, which grows with each repetition. */
  readonly intervalSeconds?: number;
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
  /**
   * Asks the store whether it holds what was written last, this run's value being no change either. Only of an object that
   * is written here and that the state knows. Values stay within this process.
   */
  readonly intact?: () => Output<boolean>;
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
  /** Key of the fingerprints of what is sealed. Default: nothing is. */
  readonly digestKey?: Output<string>;
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
  /** Name of the object that a Kubernetes Secret is; not that of its resource. Default: it is none, or does not say. */
  readonly objectName?: string;
  /** Namespace of the object, where it is one of Kubernetes that has one. Default: it has none. */
  readonly objectNamespace?: string;
  /** Whether it said that it is Ready, where it is an object of the operator. Default: no. */
  readonly ready?: true;
  /**
   * Type of the Secret that it makes or asks for, where it is one, a patch of one, an ExternalSecret or a SealedSecret.
   * Default: it names none.
   */
  readonly secretType?: string;
  /** Whether its object stays in the cluster when the stack no longer has it, because it is handed over. Default: no. */
  readonly handedOver?: true;
  /** Whether it writes keys into an object that somebody else owns. Default: no. */
  readonly merges?: true;
  /**
   * Its annotation `force-sync`, where it is an ExternalSecret that found no Secret to merge its keys into: the operator
   * calls that Ready too.
   */
  readonly unmerged?: string;
  /** The member that its provider is (`aws`, `vault`), where it is a SecretStore or a ClusterSecretStore. */
  readonly storeProvider?: string;
  /** What it has sealed, by key of the Secret, where it is a SealedSecret. None of it is secret. */
  readonly sealed?: SealedBefore;
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

/** Names and limits of what a store holds. Runs while the configuration is parsed. */
export interface StoreRules<S extends StoreBase> {
  /** The remote objects of a secret, in the order of its keys. */
  objects(spec: S, shape: SecretShape): readonly RemoteObject[];
  /** What the store would refuse: illegal names, too large values, and so on. */
  check(spec: S, shape: SecretShape): readonly Issue[];
}
