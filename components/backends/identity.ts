import type { ISecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import type { CustomResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
import type { ClusterSpec } from "../clusters/contract.ts";
import type { ReadGrant, StoreBase } from "./contract.ts";
import type { ManifestMetadata } from "../external-secrets/manifests.ts";

/** Where an identity lives. */
export interface IdentityScope {
  readonly platform: string;
  readonly environment: string;
  readonly cluster: string;
  readonly namespace: string;
}

export interface IdentityArgs<S extends StoreBase = StoreBase> {
  readonly store: S;
  /** The cluster whose namespace reads: it issues the tokens that the store's cloud must trust. */
  readonly cluster: ClusterSpec;
  readonly scope: IdentityScope;
  readonly grants: readonly ReadGrant[];
  /** Options of the identity's resources: the store's provider, and the parent. */
  readonly options: CustomResourceOptions;
}

/** Provider part of a SecretStore. */
export type StoreProvider = NonNullable<NonNullable<ISecretStore["spec"]>["provider"]>;

/**
 * The right to read, and the SecretStore that uses it. Either the namespace's service account speaks for itself, or the
 * operator does (EKS Pod Identity, which knows Pods only): a SecretStore never names an account in the second case,
 * where the operator would refuse it.
 */
export type Identity = AccountIdentity | ControllerIdentity | StaticIdentity;

interface IdentityBase {
  /** What must exist before somebody reads. */
  readonly dependsOn: readonly Resource[];
  readonly secretStore: (metadata: ManifestMetadata) => ISecretStore;
}

export interface AccountIdentity extends IdentityBase {
  readonly via: "service-account";
  /** Annotations by which the cloud finds the identity of the service account. */
  readonly annotations: Readonly<Record<string, Input<string>>>;
}

export interface ControllerIdentity extends IdentityBase {
  readonly via: "controller";
}

/** Credentials that people bring. For development only. */
export interface StaticIdentity extends IdentityBase {
  readonly via: "static";
  /** Contents of the Secret that the SecretStore names, by key. Marked secret. */
  readonly credentials: Readonly<Record<string, Output<string>>>;
}

/** Makes an identity, once its cloud's SDK is loaded. */
export type IdentityFactory<S extends StoreBase = StoreBase> = (name: string, args: IdentityArgs<S>) => Identity;
