import type { Input, Output, Resource } from "@pulumi/pulumi";
import type { Issue } from "../support/errors.ts";
import type { SecretAddress } from "../support/naming.ts";
import type { SecretValues } from "../values/values.ts";
import type { AwsParameterStoreSpec } from "./aws/parameter-store.ts";
import type { AwsSecretsManagerSpec } from "./aws/secrets-manager.ts";
import type { AzureKeyVaultSpec } from "./azure/key-vault.ts";
import type { GcpSecretManagerSpec } from "./gcp/secret-manager.ts";
import type { KubernetesStoreSpec } from "./kubernetes.ts";
import type { RemoteObject } from "./remote-object.ts";
import type { VaultKvSpec } from "./vault/kv.ts";

/** A configured place for secrets outside the cluster. `kind` selects the backend. */
export type RemoteStoreSpec = (
  AwsParameterStoreSpec | AwsSecretsManagerSpec | AzureKeyVaultSpec | GcpSecretManagerSpec | VaultKvSpec
) &
  Reading;

/** How namespaces read a store. */
export interface Reading {
  /** Whether they read with credentials that people bring, instead of an identity of their own. For development only. */
  readonly staticCredentials?: true;
}

/** A configured place for secrets. */
export type StoreSpec = RemoteStoreSpec | KubernetesStoreSpec;
export type StoreKind = StoreSpec["kind"];
export type RemoteStoreKind = RemoteStoreSpec["kind"];

/** Where ESO finds one key: as in an ExternalSecret's `remoteRef`. */
export interface RemoteRef {
  readonly key: string;
  readonly property?: string;
}

/** What a reader must be allowed to do to read one remote object, and nothing more. */
export type ReadGrant = VaultReadGrant | AwsReadGrant | AzureReadGrant | GcpReadGrant;
export interface VaultReadGrant {
  readonly kind: "vault-kv";
  readonly mount: string;
  /** Path below the mount, without `data/`. */
  readonly path: string;
}
export interface AwsReadGrant {
  readonly kind: "aws-parameter-store" | "aws-secrets-manager";
  /** Exact ARN of the parameter or secret. */
  readonly arn: Input<string>;
  /** ARN of the customer key that it is encrypted with; absent with the account's own key, which needs no right. */
  readonly kmsKeyArn?: string;
}
export interface AzureReadGrant {
  readonly kind: "azure-key-vault";
  /** Name of the secret, which its role assignment is called after. */
  readonly name: string;
  /** Resource id of the secret, without its version: the scope of a role assignment. */
  readonly scope: Input<string>;
}
export interface GcpReadGrant {
  readonly kind: "gcp-secret-manager";
  readonly project: string;
  /** Id of the secret, without its version: what the binding is called after. */
  readonly name: string;
  /** The same, known once the secret exists: a binding on what is not there fails. */
  readonly secretId: Input<string>;
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
}
export type StoredSecret = RemoteSecret | EmbeddedSecret;

/** A secret to be stored, as far as names and limits are concerned. */
export interface StoreCandidate {
  readonly address: SecretAddress;
  readonly keys: readonly string[];
  /** Key that lies under the secret's own name where each key is an object. */
  readonly primaryKey?: string;
  /** Most characters that the value of a key has, where its recipe tells. */
  readonly lengths: Readonly<Record<string, number>>;
}

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

/** Pure half of a backend: runs while the configuration is parsed. */
export interface StoreRules<S extends StoreSpec> {
  /** The remote objects of a secret, in the order of its keys. */
  objects(spec: S, candidate: StoreCandidate): readonly RemoteObject[];
  /** What the store would refuse: illegal names, too large values, and so on. */
  check(spec: S, candidate: StoreCandidate): readonly Issue[];
}
