import type { ClusterSpec, GkeClusterSpec } from "../clusters/contract.ts";
import type { GcpSecretManagerSpec } from "../stores/gcp-secret-manager.ts";
import type { Issue } from "../support/errors.ts";
import { readerName } from "../support/naming.ts";

/** https://cloud.google.com/iam/docs/principal-identifiers: how Google calls a service account of a cluster. */

/** A service account of a GKE cluster: every cluster of a project shares the project's own pool. */
export function gkePrincipal(store: GcpSecretManagerSpec, cluster: GkeClusterSpec, namespace: string): string {
  const pool = `projects/${projectNumberOf(store, cluster) ?? ""}/locations/global/workloadIdentityPools/${cluster.project}.svc.id.goog`;
  return `principal://iam.googleapis.com/${pool}/subject/ns/${namespace}/sa/${readerName}`;
}

/** A service account of any other cluster: its tokens' subject, in the pool whose provider trusts the cluster. */
export function federatedPrincipal(provider: string, namespace: string): string {
  const [pool = ""] = provider.split("/providers/");
  return `principal://iam.googleapis.com/${pool}/subject/system:serviceaccount:${namespace}:${readerName}`;
}

/** The number of a cluster's project. */
function projectNumberOf(store: GcpSecretManagerSpec, cluster: GkeClusterSpec): string | undefined {
  return cluster.projectNumber ?? (cluster.project === store.project ? store.projectNumber : undefined);
}

/** The provider that trusts a cluster outside of Google. */
export function providerOf(store: GcpSecretManagerSpec, cluster: string): string | undefined {
  return store.identityProviders[cluster];
}

/** What a cluster must tell of itself before its namespaces can read the store. Pure. */
export function checkGcpIdentity(store: GcpSecretManagerSpec, cluster: ClusterSpec): readonly Issue[] {
  const provider = providerOf(store, cluster.name);
  if (cluster.flavour === "gke") {
    return [...unknownNumber(store, cluster), ...(provider === undefined ? [] : [needless(store, cluster)])];
  }
  if (provider !== undefined) return [];
  return [
    {
      path: `stores.${store.name}.identityProviders.${cluster.name}`,
      problem: `is missing: it tells Google to trust the service accounts of cluster ${cluster.name}`,
      fix: "make a pool and a provider for the cluster (docs/identity/google.md#federation), and name it here",
    },
  ];
}

function unknownNumber(store: GcpSecretManagerSpec, cluster: GkeClusterSpec): readonly Issue[] {
  if (projectNumberOf(store, cluster) !== undefined) return [];
  return [
    {
      path: `clusters.${cluster.name}.projectNumber`,
      problem: `is missing: the cluster is in another project (${cluster.project}) than store ${store.name} (${store.project}), and its readers are called by that number`,
      fix: `gcloud projects describe ${cluster.project} --format='value(projectNumber)'`,
    },
  ];
}

/** An entry without effect would be believed to have one. */
function needless(store: GcpSecretManagerSpec, cluster: GkeClusterSpec): Issue {
  const path = `stores.${store.name}.identityProviders.${cluster.name}`;
  return {
    path,
    problem: `has no effect: cluster ${cluster.name} is of GKE, whose own pool is used`,
    fix: `pulumi config rm --path '${path}'`,
  };
}
