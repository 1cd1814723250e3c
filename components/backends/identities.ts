import type { Resource } from "@pulumi/pulumi";
import type { ClusterSpec } from "../clusters/contract.ts";
import type { LoginPlace, StoreProvider } from "../external-secrets/manifests.ts";
import type { Issue } from "../support/messages/errors.ts";
import type { CloudIdentities, IdentityFactory, Login, OperatorIdentityArgs } from "./identity.ts";
import { backendOf, backends, type RemoteStoreKind, type RemoteStoreSpec } from "./index.ts";

// The logins that a backend renders are those that it makes itself.
function identitiesFor(kind: RemoteStoreKind): CloudIdentities<RemoteStoreSpec, Login> {
  return backendOf({ kind }).identity;
}

/** Loads what makes identities for a store, with its cloud's SDK. */
export async function loadIdentity(kind: RemoteStoreKind): Promise<IdentityFactory> {
  return (await identitiesFor(kind).load()) as IdentityFactory;
}

/**
 * What gives the operator's own Pods an identity on a store's cloud, where they need one: it must be there before they
 * start, since they get it at their start only (EKS Pod Identity).
 */
export async function operatorIdentity(args: OperatorIdentityArgs<RemoteStoreSpec>): Promise<readonly Resource[]> {
  const { operator } = identitiesFor(args.store.kind);
  return operator?.logsIn(args.cluster) === true ? operator.make(args) : [];
}

/** How a reader of a store logs in: as a service account, as the operator, with static credentials, or with a Secret of its own. Pure. */
export function loginKind(store: RemoteStoreSpec, cluster: ClusterSpec): Login["kind"] {
  if (store.staticCredentials === true) return "static";
  const identities = identitiesFor(store.kind);
  if (identities.bySecret?.(store, cluster) === true) return "secret";
  return identities.operator?.logsIn(cluster) === true ? "operator" : "service-account";
}

/** What keeps a cluster's namespaces from reading a store. Pure; runs while the configuration is parsed. */
export function checkIdentity(store: RemoteStoreSpec, cluster: ClusterSpec): readonly Issue[] {
  return identitiesFor(store.kind).check(store, cluster);
}

/** Renders the login of a store's identity for the External Secrets Operator. Pure. */
export function storeProvider(store: RemoteStoreSpec, login: Login, place?: LoginPlace): StoreProvider {
  return identitiesFor(store.kind).storeProvider(store, login, place);
}

/** Static credentials of a kind by their key in the Secret that holds them: the configuration key that each comes from. */
export function staticCredentials(kind: RemoteStoreKind): Readonly<Record<string, string>> {
  return identitiesFor(kind).credentials;
}

/** Configuration keys that hold a reader's static credentials. */
export const staticCredentialKeys: readonly string[] = [
  ...new Set(Object.values(backends).flatMap(({ identity }) => Object.values(identity.credentials))),
];
