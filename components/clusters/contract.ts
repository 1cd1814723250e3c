import type { ErrorHook } from "@pulumi/pulumi";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import type { AlertsSpec } from "../alerts/facts.ts";
import type { ChartValues } from "../external-secrets/operator/chart-schema.ts";
import type { SealedSecretsSpec } from "../sealed-secrets/facts.ts";
import type { ChartSource, CsiChart } from "../secrets-store-csi/charts.ts";
import type { CsiDriverName } from "../secrets-store-csi/names.ts";
import type { Provider as StoreProvider } from "../external-secrets/admission/fields.ts";

/** A configured cluster. Plain data. */
export interface ClusterSpec {
  readonly name: string;
  /** Who made it, for people. What differs by it is among the traits. */
  readonly flavour: string;
  /** Path of a kubeconfig file. Default: what `kubectl` uses (`KUBECONFIG`, else `~/.kube/config`). */
  readonly kubeconfig?: string;
  /** Context within it. Default: its current context. */
  readonly context?: string;
  /**
   * Stands for the cluster itself, however it is reached. With another text the provider takes it for another cluster:
   * whatever it made would be deleted and made anew. Default: its name.
   */
  readonly identifier?: string;
  /** Whether existing objects are adopted instead of refused; to recover from a lost state. */
  readonly upsertExistingObjects: boolean;
  /** Skips the check for existing objects, for deployers who may not list. Existing objects are overwritten. */
  readonly assumeNothingExists?: true;
  /**
   * Issuer of its service-account tokens, exactly as their `iss` says, with or without a slash at the end. Clouds trust
   * it; a store that needs no trust in the issuer (Vault asks the cluster itself) can do without.
   */
  readonly issuer?: string;
  readonly externalSecrets: ExternalSecretsSpec;
  /** How values are sealed for its Sealed Secrets controller. Default: none is used. */
  readonly sealedSecrets?: SealedSecretsSpec;
  /** The Secrets Store CSI driver. Default: nothing is delivered via csi. */
  readonly secretsStoreCsi?: SecretsStoreCsiSpec;
  /** What Prometheus tells of there. Default: this program makes no alerts. */
  readonly alerts?: AlertsSpec;
  readonly traits: ClusterTraits;
}

/** How the Secrets Store CSI driver gets into a cluster, and what it does. */
export interface SecretsStoreCsiSpec {
  /** Whether this stack installs it and its providers. If false, the platform brings them. */
  readonly install: boolean;
  /** Name by which Pods ask for it. */
  readonly driver: CsiDriverName;
  /** Whether Secrets are made of the files while a Pod mounts them. */
  readonly syncSecret: boolean;
  /** How often mounted files are read from the store again, in seconds. */
  readonly rotationPollSeconds: number;
  /** Pods that mount each Secret, for the planner. */
  readonly pods: number;
  /** The charts that are known, by name. */
  readonly charts: ReadonlyMap<CsiChart, ChartSource>;
}

/** What differs between clusters by who made them. Plain data, from the flavour and its facts. */
export interface ClusterTraits {
  /** Command that shows the issuer of its service-account tokens. */
  readonly issuerCommand: string;
  /** Where its operator logs in to AWS for all namespaces (EKS Pod Identity). Default: service accounts log in. */
  readonly podIdentity?: {
    /** Name of the cluster in AWS. */
    readonly clusterName: string;
  };
  /** The identity pool of Google's own that its service accounts are in. Default: none, other pools have to trust it. */
  readonly googlePool?: GooglePool;
  /** `helm` installs the chart; `operator-lifecycle-manager` Red Hat's own operator, which then installs and updates it. */
  readonly operatorManager: "helm" | "operator-lifecycle-manager";
  /** Whether the cluster's own trusted certificates are put into the operator's Pods. Only with `helm`. */
  readonly trustedCaBundle: boolean;
  /** Why charts with privileged Pods can't be installed, and what brings the CSI driver instead. Default: they can be. */
  readonly noPrivilegedCharts?: string;
  /** Ports that its DNS Pods listen at. */
  readonly dnsPorts: readonly number[];
}

/** A GKE cluster's pool: one for all clusters of its project. */
export interface GooglePool {
  /** Id of its project. */
  readonly project: string;
  /** Number of its project. Needed where its namespaces read a store of Google Cloud in another project. */
  readonly projectNumber?: string;
  /** Region or zone. */
  readonly location: string;
  /** Name of the cluster in Google Cloud. */
  readonly clusterName: string;
}

/** How the External Secrets Operator is installed into a cluster. */
export interface ExternalSecretsSpec {
  /** Whether this stack installs it. If false, it must already be installed. */
  readonly install: boolean;
  /** Chart version, which is the operator's version but for a few early releases. */
  readonly version: string;
  /** Helm repository, or `undefined` when `chart` is a folder or an OCI address. Default: that of the usual chart. */
  readonly repository?: string;
  /** Chart name in the repository, a folder, or an OCI address. */
  readonly chart: string;
  readonly namespace: string;
  /** Whether the admission webhook and its certificate controller run. */
  readonly webhook: boolean;
  /** Port that the webhook's Pods listen at. Default: the chart's, 10250. */
  readonly webhookPort?: number;
  /** ExternalSecrets reconciled at the same time; the operator's own default of 1 syncs about 10 a second. */
  readonly concurrency: number;
  /** Longest time, in seconds, until the Pods of an installation or an update are Ready: then Helm takes it back. */
  readonly deadlineSeconds: number;
  /** Priority class of its Pods. Default: none. */
  readonly priorityClassName?: string;
  /** Where its images are pulled from. Default: the chart's registry. */
  readonly image?: OperatorImage;
  /** Proxy through which it reaches the stores. Default: none. */
  readonly proxy?: OperatorProxy;
  /** Certificates, as PEM, that it trusts besides those of its image. */
  readonly caBundle?: string;
  /** Whether the webhook's Pods share the network of their node, for API servers that can't reach the Pods' network. */
  readonly webhookHostNetwork?: true;
  /** Other values of the chart. None of them is a value that the program sets. */
  readonly values?: ChartValues;
  /** Whether it gets a ServiceMonitor, so that Prometheus scrapes it. */
  readonly serviceMonitor: boolean;
  /** Whether it processes PushSecrets: needed for secrets that are generated in the cluster. */
  readonly pushSecrets: boolean;
  /** Who may reach it and whom it may reach; absent when no NetworkPolicy is made. */
  readonly networkPolicy?: NetworkPolicySpec;
  /**
   * Whether namespaces read through one ClusterSecretStore for each store instead of a SecretStore of their own; an
   * explicit choice, since one identity then reads for all of them.
   */
  readonly clusterSecretStore?: ClusterSecretStoreSpec;
  /** Name of the SecretStore that each namespace reads through. Default: `secrets-reader`. */
  readonly secretStoreName?: string;
  /**
   * Class of the operator, where several run in the cluster: it serves the SecretStores that name its class, and those that
   * name none. Default: none.
   */
  readonly controllerClass?: string;
  /** What else tenants of the cluster may ask of the operator; absent when no admission policy is made. */
  readonly admissionPolicy?: AdmissionPolicySpec;
}

export interface OperatorImage {
  /** Registry and path, without a tag: `registry.example.com/external-secrets/external-secrets`. */
  readonly repository: string;
  /** Names of pull secrets in the operator's namespace. */
  readonly pullSecrets: readonly string[];
}
export interface OperatorProxy {
  readonly url: string;
  /** What is reached without it, besides the cluster itself and the clouds' metadata services: as in `NO_PROXY`. */
  readonly bypass: readonly string[];
}

/** What namespaces of other stacks need from the operator, in addition to those of this stack. */
export interface AdmissionPolicySpec {
  /** What the operator calls the providers of the stores that they read. */
  readonly providers: readonly StoreProvider[];
  /** Whether they read AWS by EKS Pod Identity on the operator. */
  readonly podIdentity: boolean;
}

/**
 * Addresses are in CIDR notation; an empty list is any address, since a NetworkPolicy can't name a host. An empty list of
 * ports would be every port: there is none.
 */
export interface NetworkPolicySpec {
  /** Addresses of the Kubernetes API. */
  readonly apiServer: readonly string[];
  /** TCP ports of the Kubernetes API. Default: 443 and 6443. */
  readonly apiServerPorts?: readonly number[];
  /** Addresses of the stores, and of a proxy in front of them. */
  readonly stores: readonly string[];
  /** TCP ports of the stores. Default: those of the stores that the cluster's namespaces read. */
  readonly storePorts?: readonly number[];
  /** Namespace that may scrape metrics. Default: none may. */
  readonly monitoringNamespace?: string;
}

export interface ClusterSecretStoreSpec {
  /** Whether only the namespaces that are configured here may read through it. Policy refuses false outside of dev. */
  readonly conditions: boolean;
}

/** An open cluster. */
export interface ClusterTarget {
  readonly spec: ClusterSpec;
  readonly provider: Provider;
  /** The stack whose objects are made there: `<project>/<stack>`. */
  readonly owner: string;
  /** Says why the API server refused an object of which nothing else says it. */
  readonly refusal: ErrorHook;
}
