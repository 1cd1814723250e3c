import type { Provider } from "@pulumi/kubernetes/provider.js";

/** Any conformant cluster, reached by a kubeconfig. */
export interface KubeconfigClusterSpec {
  readonly flavour: "kubeconfig";
  readonly name: string;
  /** Path of a kubeconfig file. Default: what `kubectl` uses (`KUBECONFIG`, else `~/.kube/config`). */
  readonly kubeconfig?: string;
  /** Context within it. Default: its current context. */
  readonly context?: string;
  /** Whether objects that exist already are taken over instead of refused; to recover from a lost state. */
  readonly upsertExistingObjects: boolean;
  readonly externalSecrets: ExternalSecretsSpec;
}

/** How the External Secrets Operator is installed into a cluster. */
export interface ExternalSecretsSpec {
  /** Whether this stack installs it. False where another stack, or somebody else, has: it must be there then. */
  readonly install: boolean;
  /** Chart version, which is the operator's version but for a few early releases. */
  readonly version: string;
  /** Helm repository, or `undefined` when `chart` is a folder or an OCI address. */
  readonly repository?: string;
  /** Chart name in the repository, a folder, or an OCI address. */
  readonly chart: string;
  readonly namespace: string;
  /** Whether the admission webhook and its certificate controller run. */
  readonly webhook: boolean;
  /** ExternalSecrets reconciled at the same time; the operator's own default of 1 syncs about 10 a second. */
  readonly concurrency: number;
}

export type ClusterSpec = KubeconfigClusterSpec;
export type ClusterFlavour = ClusterSpec["flavour"];

/** Every flavour the product is made for. Those without an implementation yet are refused by name. */
export const clusterFlavours = ["eks", "aks", "gke", "openshift", "kubeconfig"] as const;

/** An open cluster. */
export interface ClusterTarget {
  readonly spec: ClusterSpec;
  readonly provider: Provider;
}
