import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import type { ISecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import type { ManifestMetadata } from "../external-secrets/manifests.ts";
import type { BuiltStoreKind, ReadGrant, StoreSpec } from "../stores/contract.ts";
import { unreachable } from "../support/errors.ts";

/** Stores that are read by an identity. */
export type RemoteStoreSpec = Exclude<StoreSpec, { kind: "kubernetes" }>;

/** Where an identity lives. */
export interface IdentityScope {
  readonly platform: string;
  readonly environment: string;
  readonly cluster: string;
  readonly namespace: string;
}

export interface IdentityArgs {
  readonly store: RemoteStoreSpec;
  readonly scope: IdentityScope;
  /** What the namespace consumes; the identity can read this and nothing else. */
  readonly grants: readonly ReadGrant[];
  readonly options: CustomResourceOptions;
}

/** The right to read, and the SecretStore manifest that uses it. */
export interface Identity {
  readonly dependsOn: readonly Resource[];
  readonly secretStore: (metadata: ManifestMetadata) => ISecretStore;
}

/** A function that makes an identity, once its cloud's SDK is loaded. */
export type IdentityFactory = (name: string, args: IdentityArgs) => Identity;

/** Loads what makes identities for a kind of store; `undefined` when the kind needs none. */
export async function loadIdentity(kind: BuiltStoreKind): Promise<IdentityFactory | undefined> {
  switch (kind) {
    case "vault-kv":
      return (await import("./vault.ts")).vaultIdentity;
    case "kubernetes":
      return undefined;
    default:
      return unreachable(kind);
  }
}
