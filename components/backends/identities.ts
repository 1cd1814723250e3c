import type { Resource } from "@pulumi/pulumi";
import type { ClusterSpec } from "../clusters/contract.ts";
import type { LoginPlace, StoreProvider } from "../external-secrets/manifests.ts";
import type {
  CsiAccess,
  FileProblem,
  Mounted,
  MountedFile,
  ProviderParameters,
} from "../secrets-store-csi/contract.ts";
import type { CsiProvider } from "../secrets-store-csi/names.ts";
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

// The logins that a backend renders are those that it makes itself.
function csiOf({ kind }: Pick<RemoteStoreSpec, "kind">): CsiAccess<RemoteStoreSpec, Login> {
  return backendOf({ kind }).csi;
}

/** What keeps Pods of a cluster from mounting objects of a store. Pure; runs while the configuration is parsed. */
export function checkCsi(store: RemoteStoreSpec, cluster: ClusterSpec): readonly Issue[] {
  return csiOf(store).check(store, cluster);
}

/** Why the driver's provider can't make these files of one volume. Pure; runs while the configuration is parsed. */
export function csiFileProblems(
  store: RemoteStoreSpec,
  files: readonly MountedFile[],
  cluster: ClusterSpec,
): readonly FileProblem[] {
  return csiOf(store).problems(store, files, cluster);
}

/** Calls to a store that mounting these files takes, and that each poll takes again. Pure. */
export function callsOfMount(store: RemoteStoreSpec, files: readonly MountedFile[]): number {
  return csiOf(store).calls(files);
}

/** Audience of the tokens that the CSI driver hands to a store's provider. Default: it asks for its own. */
export function csiAudience(store: RemoteStoreSpec, cluster: ClusterSpec): string | undefined {
  return csiOf(store).audience(store, cluster);
}

/** PEM bundle that a store's provider must trust. Default: none. */
export function csiCertificates(store: RemoteStoreSpec): string | undefined {
  return csiOf(store).caBundle?.(store);
}

/** Renders the login of a store's identity, and files of a volume, for the CSI driver. Pure. */
export function csiParameters(store: RemoteStoreSpec, login: Login, mounted: Mounted): ProviderParameters {
  return csiOf(store).parameters(store, login, mounted);
}

/** The provider of the CSI driver that reads a store. */
export function csiProviderOf(store: RemoteStoreSpec): CsiProvider {
  return csiOf(store).provider;
}

/** Static credentials of a kind by their key in the Secret that holds them: the configuration key that each comes from. */
export function staticCredentials(kind: RemoteStoreKind): Readonly<Record<string, string>> {
  return identitiesFor(kind).credentials;
}

/** Configuration keys that hold a reader's static credentials. */
export const staticCredentialKeys: readonly string[] = [
  ...new Set(Object.values(backends).flatMap(({ identity }) => Object.values(identity.credentials))),
];
