import type { Resource } from "@pulumi/pulumi";
import type { ClusterSpec } from "../clusters/contract.ts";
import type { RemoteStoreKind, RemoteStoreSpec } from "./contract.ts";
import type { Issue } from "../support/errors.ts";
import { checkAwsIdentity, usesPodIdentity } from "./aws/identity-rules.ts";
import { checkAzureIdentity } from "./azure/identity-rules.ts";
import type { Identity, IdentityArgs, IdentityFactory, IdentityScope } from "./identity.ts";
import { checkGcpIdentity } from "./gcp/identity-rules.ts";

type SpecOf<K extends RemoteStoreKind> = Extract<RemoteStoreSpec, { kind: K }>;

/** What makes identities for a kind of store. One row per kind; a kind without its row does not compile. */
const factories: { readonly [K in RemoteStoreKind]: () => Promise<IdentityFactory<SpecOf<K>>> } = {
  "aws-parameter-store": async () => (await import("./aws/identity.ts")).awsIdentity,
  "aws-secrets-manager": async () => (await import("./aws/identity.ts")).awsIdentity,
  "azure-key-vault": async () => (await import("./azure/identity.ts")).azureIdentity,
  "gcp-secret-manager": async () => (await import("./gcp/identity.ts")).gcpIdentity,
  "vault-kv": async () => (await import("./vault/identity.ts")).vaultIdentity,
};

/** What a cluster must tell of itself before a store's cloud can trust it. */
const checks: {
  readonly [K in RemoteStoreKind]: (store: SpecOf<K>, cluster: ClusterSpec) => readonly Issue[];
} = {
  "aws-parameter-store": checkAwsIdentity,
  "aws-secrets-manager": checkAwsIdentity,
  "azure-key-vault": checkAzureIdentity,
  "gcp-secret-manager": checkGcpIdentity,
  "vault-kv": () => [],
};

/** Loads what makes identities for a store, with its cloud's SDK. */
export async function loadIdentity(kind: RemoteStoreKind): Promise<IdentityFactory> {
  return (await factories[kind]()) as IdentityFactory;
}

/**
 * What gives the operator's own Pods an identity on a store's cloud, where they need one: it must be there before they
 * start, since they get it at their start only (EKS Pod Identity).
 */
export async function operatorIdentity({
  store,
  cluster,
  scope,
  options,
}: Omit<IdentityArgs, "grants" | "scope"> & { readonly scope: Omit<IdentityScope, "namespace"> }): Promise<
  readonly Resource[]
> {
  if (store.kind !== "aws-parameter-store" && store.kind !== "aws-secrets-manager") return [];
  if (!usesPodIdentity(cluster)) return [];
  const { operatorIdentityOf } = await import("./aws/cluster-roles.ts");
  return operatorIdentityOf({ store, cluster, scope, options }).resources;
}

/** Who speaks for a reader of a store: its service account, credentials that people bring, or the operator. Pure. */
export function identityVia(store: RemoteStoreSpec, cluster: ClusterSpec): Identity["via"] {
  if (store.staticCredentials === true) return "static";
  const onAws = store.kind === "aws-parameter-store" || store.kind === "aws-secrets-manager";
  return onAws && usesPodIdentity(cluster) ? "controller" : "service-account";
}

/** What keeps a cluster's namespaces from reading a store. Pure; runs while the configuration is parsed. */
export function checkIdentity<S extends RemoteStoreSpec>(store: S, cluster: ClusterSpec): readonly Issue[] {
  const check = checks[store.kind] as unknown as (store: S, cluster: ClusterSpec) => readonly Issue[];
  return check(store, cluster);
}
