import type { Resource } from "@pulumi/pulumi";
import type { ClusterSpec } from "../clusters/contract.ts";
import type { Issue } from "../support/errors.ts";
import type { OperatorIdentityArgs } from "./backend.ts";
import type { Identity, IdentityFactory } from "./identity.ts";
import { backendOf, type RemoteStoreKind, type RemoteStoreSpec } from "./index.ts";

/** Loads what makes identities for a store, with its cloud's SDK. */
export async function loadIdentity(kind: RemoteStoreKind): Promise<IdentityFactory> {
  return (await backendOf({ kind }).identity.load()) as IdentityFactory;
}

/** What gives the operator's own Pods an identity on a store's cloud, where they need one. */
export function operatorIdentity(args: OperatorIdentityArgs<RemoteStoreSpec>): Promise<readonly Resource[]> {
  return backendOf(args.store).identity.ofOperator(args);
}

/** Who speaks for a reader of a store: its service account, credentials that people bring, or the operator. Pure. */
export function identityVia(store: RemoteStoreSpec, cluster: ClusterSpec): Identity["via"] {
  return store.staticCredentials === true ? "static" : backendOf(store).identity.via(cluster);
}

/** What keeps a cluster's namespaces from reading a store. Pure; runs while the configuration is parsed. */
export function checkIdentity(store: RemoteStoreSpec, cluster: ClusterSpec): readonly Issue[] {
  return backendOf(store).identity.check(store, cluster);
}
