import type { Resource } from "@pulumi/pulumi";
import type { ClusterSpec } from "../clusters/contract.ts";
import type { LoginPlace, StoreProvider } from "../external-secrets/manifests.ts";
import type { Issue } from "../support/errors.ts";
import { awsIdentities } from "./aws/identities.ts";
import { azureIdentities } from "./azure/identities.ts";
import type { RemoteStoreKind, RemoteStoreSpec } from "./contract.ts";
import { gcpIdentities } from "./gcp/identities.ts";
import type { CloudIdentities, IdentityFactory, Login, OperatorIdentityArgs } from "./identity.ts";
import { vaultIdentities } from "./vault/identities.ts";

type SpecOf<K extends RemoteStoreKind> = Extract<RemoteStoreSpec, { kind: K }>;

/** Identities by kind of store. One row per kind; a kind without its row does not compile. */
const identities: { readonly [K in RemoteStoreKind]: AnyIdentities<SpecOf<K>> } = {
  "aws-parameter-store": awsIdentities,
  "aws-secrets-manager": awsIdentities,
  "azure-key-vault": azureIdentities,
  "gcp-secret-manager": gcpIdentities,
  "vault-kv": vaultIdentities,
};

// The logins that a row renders are those that it makes itself.
type AnyIdentities<S extends RemoteStoreSpec> = Omit<CloudIdentities<S, Login>, "storeProvider"> & {
  storeProvider(store: S, login: never, place?: LoginPlace): StoreProvider;
};

function identitiesFor(kind: RemoteStoreKind): CloudIdentities<RemoteStoreSpec, Login> {
  return identities[kind] as CloudIdentities<RemoteStoreSpec, Login>;
}

/** Loads what makes identities for a store, with its cloud's SDK. */
export async function loadIdentity(kind: RemoteStoreKind): Promise<IdentityFactory> {
  return identitiesFor(kind).load();
}

/**
 * What gives the operator's own Pods an identity on a store's cloud, where they need one: it must be there before they
 * start, since they get it at their start only (EKS Pod Identity).
 */
export async function operatorIdentity(args: OperatorIdentityArgs): Promise<readonly Resource[]> {
  const { operator } = identitiesFor(args.store.kind);
  return operator?.logsIn(args.cluster) === true ? operator.make(args) : [];
}

/** How a reader of a store logs in: as a service account, as the operator, or with static credentials. Pure. */
export function loginKind({ kind, staticCredentials }: RemoteStoreSpec, cluster: ClusterSpec): Login["kind"] {
  if (staticCredentials === true) return "static";
  return identitiesFor(kind).operator?.logsIn(cluster) === true ? "operator" : "service-account";
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
  ...new Set(Object.values(identities).flatMap(({ credentials }) => Object.values(credentials))),
];
