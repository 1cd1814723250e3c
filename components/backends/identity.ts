import type { CustomResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
import type { ClusterSpec } from "../clusters/contract.ts";
import type { LoginPlace, StoreProvider } from "../external-secrets/manifests.ts";
import type { Issue } from "../support/messages/errors.ts";
import type { ReadGrant, StoreBase } from "./contract.ts";

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
  /** What the operator reads for the namespace. */
  readonly grants: readonly ReadGrant[];
  /** What its Pods mount through the CSI driver, which some clouds take for other calls. Default: nothing. */
  readonly mounted?: readonly ReadGrant[];
  /** Options of the identity's resources: the store's provider, and the parent. */
  readonly options: CustomResourceOptions;
}

/** All that an identity may read, each object once: for clouds that have one right to read. */
export function allGrants({ grants, mounted = [] }: Pick<IdentityArgs, "grants" | "mounted">): readonly ReadGrant[] {
  return [...new Set([...grants, ...mounted])];
}

/** What the operator's own identity on a cluster is made from. It belongs to no namespace. */
export type OperatorIdentityArgs<S extends StoreBase = StoreBase> = Omit<
  IdentityArgs<S>,
  "grants" | "mounted" | "scope"
> & {
  readonly scope: Omit<IdentityScope, "namespace">;
};

/**
 * How a reader authenticates: facts alone, which each delivery renders in its own way (a SecretStore, a
 * SecretProviderClass). Clouds add theirs, such as the role that an account becomes.
 */
export type Login = AccountLogin | OperatorLogin | StaticLogin | SecretLogin;

/** A service account of the namespace, by tokens that its cluster issues. */
export interface AccountLogin {
  readonly kind: "service-account";
  readonly serviceAccount: string;
  /** Annotations by which the cloud finds the identity of the service account. */
  readonly annotations: Readonly<Record<string, Input<string>>>;
}

/** The operator's own Pods, which take on an identity of the namespace (EKS Pod Identity, which knows Pods only). */
export interface OperatorLogin {
  readonly kind: "operator";
}

/** Credentials from the configuration, in a Secret. For development only. */
export interface StaticLogin {
  readonly kind: "static";
  /** Name of the Secret. */
  readonly secretName: string;
  /** Its contents by key. Marked secret. */
  readonly credentials: Readonly<Record<string, Output<string>>>;
}

/** A credential of the namespace's own, in a Secret that people make. */
export interface SecretLogin {
  readonly kind: "secret";
  readonly secretName: string;
  readonly key: string;
}

/** The right to read, and how a reader authenticates to use it. */
export interface Identity<L extends Login = Login> {
  readonly login: L;
  /** Resources that must exist before the first read. */
  readonly dependsOn: readonly Resource[];
}

/** Makes an identity, once its cloud's SDK is loaded. */
export type IdentityFactory<S extends StoreBase = StoreBase, L extends Login = Login> = (
  name: string,
  args: IdentityArgs<S>,
) => Identity<L>;

/** Identities on a cloud, for one kind of store. */
export interface CloudIdentities<S extends StoreBase, L extends Login> {
  /** Loads what makes identities, with the cloud's SDK. */
  load(): Promise<IdentityFactory<S, Exclude<L, StaticLogin>>>;
  /** What keeps a cluster's namespaces from reading a store. Pure; runs while the configuration is parsed. */
  check(store: S, cluster: ClusterSpec): readonly Issue[];
  /** Static credentials by their key in the Secret that holds them: the configuration key that each comes from. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Renders a login for the External Secrets Operator. Pure. */
  storeProvider(store: S, login: L, place?: LoginPlace): StoreProvider;
  /** Whether readers on a cluster log in with a Secret that people make. Default: nobody does. Pure. */
  bySecret?(store: S, cluster: ClusterSpec): boolean;
  /** Logins by the operator's own identity, where the cloud has them. Default: service accounts log in on every cluster. */
  readonly operator?: {
    /** Whether the operator of a cluster logs in for its namespaces. Pure. */
    logsIn(cluster: ClusterSpec): boolean;
    /** Makes its identity, once for each cluster in a run. */
    make(args: OperatorIdentityArgs<S>): Promise<readonly Resource[]>;
    /** Roles that it assumes for readers. */
    readonly roles: ReaderRoles<S>;
  };
}

/** Full names of the roles of readers. */
export interface ReaderRoles<S extends StoreBase> {
  /** What those of all namespaces of a cluster begin with. */
  beginning(store: S, scope: Omit<IdentityScope, "namespace">): string;
  ofNamespace(store: S, scope: IdentityScope): string;
}
