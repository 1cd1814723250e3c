import { own } from "../../support/own.ts";
import type { ClusterSpec, GooglePool } from "../../clusters/contract.ts";
import { madeProvider, type GcpSecretManagerSpec } from "./secret-manager.ts";
import { removeCommand } from "../../support/messages/config-command.ts";
import type { Issue } from "../../support/messages/errors.ts";
import { readerName } from "../../support/naming.ts";
import type { AccountLogin, StaticLogin } from "../identity.ts";

/** How a reader logs in to Google Cloud: GKE vouches for its service account, or a provider of an identity pool does. */
export type GcpLogin = (AccountLogin & { readonly trust: GoogleTrust }) | StaticLogin;

export type GoogleTrust =
  | ({ readonly by: "gke" } & GooglePool)
  | {
      readonly by: "identity-provider";
      /** `projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>`. */
      readonly provider: string;
    };

/** Keys of static credentials, and the configuration keys that they come from. */
export const gcpCredentials = { key: "gcpReaderKey" } as const;

/** Audience that a service account's token must name for a provider which lists no other: its own full name. */
export function tokenAudience(provider: string): string {
  return `https://iam.googleapis.com/${provider}`;
}

/**
 * A service account of a GKE cluster: every cluster of a project shares the project's own pool. Names of both kinds:
 * https://cloud.google.com/iam/docs/principal-identifiers.
 */
export function gkePrincipal(store: GcpSecretManagerSpec, pool: GooglePool, namespace: string): string {
  const path = `projects/${projectNumber(store, pool) ?? ""}/locations/global/workloadIdentityPools/${pool.project}.svc.id.goog`;
  return `principal://iam.googleapis.com/${path}/subject/ns/${namespace}/sa/${readerName}`;
}

/** A service account of any other cluster: its tokens' subject, in the pool whose provider trusts the cluster. */
export function federatedPrincipal(provider: string, namespace: string): string {
  const [pool = ""] = provider.split("/providers/");
  return `principal://iam.googleapis.com/${pool}/subject/system:serviceaccount:${namespace}:${readerName}`;
}

/** The number of a cluster's project. */
function projectNumber(store: GcpSecretManagerSpec, pool: GooglePool): string | undefined {
  return pool.projectNumber ?? (pool.project === store.project ? store.projectNumber : undefined);
}

/** The provider that trusts a cluster outside of Google. */
export function providerOf(store: GcpSecretManagerSpec, cluster: string): string | undefined {
  const pool = own(store.identityPools, cluster);
  return own(store.identityProviders, cluster) ?? (pool === undefined ? undefined : madeProvider(store, cluster, pool));
}

/** What a cluster must tell of itself before its namespaces can read the store. Pure. */
export function checkGcpIdentity(store: GcpSecretManagerSpec, cluster: ClusterSpec): readonly Issue[] {
  const { googlePool } = cluster.traits;
  if (googlePool !== undefined) return [...unknownNumber(store, cluster.name, googlePool), ...needless(store, cluster)];
  if (providerOf(store, cluster.name) !== undefined) return poolIssues(store, cluster);
  return [
    {
      path: `stores.${store.name}.identityProviders.${cluster.name}`,
      problem: `is missing: Google needs a provider that trusts the service accounts of cluster ${cluster.name}`,
      fix: `create a pool and a provider (docs/identity/google.md#federation) and name the provider here, or let this program create them: stores.${store.name}.identityPools`,
    },
  ];
}

function unknownNumber(store: GcpSecretManagerSpec, cluster: string, pool: GooglePool): readonly Issue[] {
  if (projectNumber(store, pool) !== undefined) return [];
  return [
    {
      path: `clusters.${cluster}.projectNumber`,
      problem: `is missing: the cluster is in another project (${pool.project}) than store ${store.name} (${store.project}), and the principals of its service accounts contain this number`,
      fix: `gcloud projects describe ${pool.project} --format='value(projectNumber)'`,
    },
  ];
}

/** An entry without effect would be believed to have one. */
function needless(store: GcpSecretManagerSpec, { name }: ClusterSpec): readonly Issue[] {
  const problem = `has no effect: cluster ${name} is a GKE cluster, which uses its own pool`;
  const made = own(store.identityPools, name) === undefined ? [] : [madePath(store, name)];
  const named =
    own(store.identityProviders, name) === undefined ? [] : [`stores.${store.name}.identityProviders.${name}`];
  return [...named, ...made].map((path) => ({ path, problem, fix: removeCommand(path) }));
}

/** A provider that is named and made, or that would trust another issuer than the cluster's. */
function poolIssues(store: GcpSecretManagerSpec, { name, issuer, traits }: ClusterSpec): readonly Issue[] {
  const made = own(store.identityPools, name);
  if (made === undefined) return [];
  const path = madePath(store, name);
  if (own(store.identityProviders, name) !== undefined) {
    const problem = `has no effect: stores.${store.name}.identityProviders.${name} names a provider for the cluster`;
    return [{ path, problem, fix: removeCommand(path) }];
  }
  if (issuer === undefined || issuer === made.issuer) return [];
  return [
    {
      path: `${path}.issuer`,
      problem: `is "${made.issuer}", but the issuer of the cluster is "${issuer}" (clusters.${name}.issuer); Google compares them character by character`,
      fix: traits.issuerCommand,
    },
  ];
}

function madePath(store: GcpSecretManagerSpec, cluster: string): string {
  return `stores.${store.name}.identityPools.${cluster}`;
}
