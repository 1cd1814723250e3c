import { csiApiVersion } from "../../components/secrets-store-csi/manifests.ts";
import type { EventLike } from "../../components/clusters/troubles/events.ts";
import type { ConditionedObject } from "../../components/external-secrets/readiness/explain.ts";
import type { SealedSecretObject } from "../../components/sealed-secrets/explain.ts";
import { apiVersion as sealedSecretVersion } from "../../components/sealed-secrets/manifest.ts";

/** What a question was answered with, or why it was not. */
export type Answer<T> = { readonly value: T } | { readonly refused: string };

/** Questions to one cluster. None changes anything, and none hands on a value of a Secret. */
export interface ClusterReader {
  /** Version of the API server. */
  version(): Promise<Answer<string>>;
  /** Issuer of its service accounts' tokens, as they say it. */
  issuer(): Promise<Answer<string>>;
  /** Versions that the cluster serves of an API group; none where it does not know the group. */
  servedVersions(group: string): Promise<Answer<readonly string[]>>;
  /** One object; `undefined` where there is none. */
  get<K extends Kind>(kind: K, place: Place): Promise<Answer<Kinds[K] | undefined>>;
  /** The objects of a kind, in a namespace or in the cluster. */
  list<K extends Kind>(kind: K, namespace?: string): Promise<Answer<readonly Kinds[K][]>>;
  /** Events of an object, in any order. */
  events(kind: string, place: Place): Promise<Answer<readonly EventLike[]>>;
}

export interface Place {
  /** Absent for what is in no namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/** The kinds that are read, as far as they are looked at. */
export interface Kinds {
  readonly Namespace: NamespaceObject;
  readonly Deployment: WorkloadObject;
  readonly StatefulSet: WorkloadObject;
  readonly DaemonSet: WorkloadObject;
  readonly CronJob: CronJobObject;
  readonly ReplicaSet: OwnedObject;
  readonly Pod: PodObject;
  readonly Service: OwnedObject;
  readonly EndpointSlice: EndpointSliceObject;
  readonly ServiceAccount: OwnedObject;
  readonly Role: RoleObject;
  readonly RoleBinding: RoleBindingObject;
  readonly Secret: SecretObject;
  readonly SecretStore: ConditionedObject & OwnedObject;
  readonly ClusterSecretStore: ConditionedObject & OwnedObject;
  readonly ExternalSecret: ExternalSecretObject;
  readonly SealedSecret: SealedSecretObject & OwnedObject;
  readonly SecretProviderClass: OwnedObject;
  readonly ValidatingWebhookConfiguration: WebhookObject;
  readonly CustomResourceDefinition: DefinitionObject;
}
export type Kind = keyof Kinds;

/** API version that each kind is read in. */
export const apiVersions: { readonly [K in Kind]: string } = {
  Namespace: "v1",
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  ReplicaSet: "apps/v1",
  CronJob: "batch/v1",
  Pod: "v1",
  Service: "v1",
  EndpointSlice: "discovery.k8s.io/v1",
  ServiceAccount: "v1",
  Role: "rbac.authorization.k8s.io/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  Secret: "v1",
  SecretStore: "external-secrets.io/v1",
  ClusterSecretStore: "external-secrets.io/v1",
  ExternalSecret: "external-secrets.io/v1",
  SealedSecret: sealedSecretVersion,
  SecretProviderClass: csiApiVersion,
  ValidatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
  CustomResourceDefinition: "apiextensions.k8s.io/v1",
};

/** A time as the API writes it, or as the client reads it. */
export type Time = Date | string;

export interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly generation?: number;
  readonly creationTimestamp?: Time;
  readonly deletionTimestamp?: Time;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}
export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}
export interface OwnedObject {
  readonly metadata?: Metadata;
}

export interface NamespaceObject extends OwnedObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly message?: string }[];
  };
}

export interface WorkloadObject extends OwnedObject {
  readonly spec?: { readonly replicas?: number; readonly template?: PodTemplate };
  readonly status?: {
    readonly availableReplicas?: number;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly message?: string }[];
  };
}
export interface CronJobObject extends OwnedObject {
  readonly spec?: { readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } } };
}
export interface PodTemplate {
  readonly spec?: PodSpec;
}

export interface PodObject extends OwnedObject {
  readonly spec?: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly message?: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}
export interface ContainerStatus {
  readonly name?: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: Time };
    readonly terminated?: { readonly reason?: string };
  };
  readonly lastState?: { readonly terminated?: { readonly reason?: string } };
}

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}
export interface Container {
  readonly name?: string;
  readonly env?: readonly {
    readonly name?: string;
    readonly valueFrom?: {
      readonly secretKeyRef?: { readonly name?: string; readonly key?: string; readonly optional?: boolean };
    };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name?: string; readonly optional?: boolean } }[];
  readonly volumeMounts?: readonly { readonly name?: string; readonly mountPath?: string; readonly subPath?: string }[];
}
export interface Volume {
  readonly name?: string;
  readonly secret?: {
    readonly secretName?: string;
    readonly optional?: boolean;
    readonly items?: readonly { readonly key?: string }[];
  };
  readonly csi?: { readonly driver?: string; readonly volumeAttributes?: Readonly<Record<string, string>> };
  readonly projected?: {
    readonly sources?: readonly {
      readonly secret?: {
        readonly name?: string;
        readonly optional?: boolean;
        readonly items?: readonly { readonly key?: string }[];
      };
    }[];
  };
}

export interface EndpointSliceObject extends OwnedObject {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
}

export interface RoleObject extends OwnedObject {
  readonly rules?: readonly {
    readonly resources?: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs?: readonly string[];
  }[];
}
export interface RoleBindingObject extends OwnedObject {
  readonly roleRef?: { readonly kind?: string; readonly name?: string };
  readonly subjects?: readonly { readonly kind?: string; readonly namespace?: string; readonly name?: string }[];
}

/** A Secret without its values. */
export interface SecretObject extends OwnedObject {
  readonly type?: string;
  readonly immutable?: boolean;
  readonly keys: readonly string[];
  /** Keys whose value is empty. */
  readonly emptyKeys: readonly string[];
  /** When a field of it was written last. Default: the API server keeps no record. */
  readonly writtenAt?: Time;
}

export interface ExternalSecretObject extends OwnedObject {
  readonly kind?: string;
  readonly spec?: Readonly<Record<string, unknown>> & {
    readonly refreshPolicy?: string;
    readonly refreshInterval?: string;
    readonly secretStoreRef?: { readonly kind?: string; readonly name?: string };
    readonly target?: { readonly name?: string; readonly creationPolicy?: string };
  };
  readonly status?: NonNullable<ConditionedObject["status"]> & { readonly refreshTime?: Time };
}

export interface WebhookObject extends OwnedObject {
  readonly webhooks?: readonly {
    readonly failurePolicy?: string;
    readonly clientConfig?: {
      readonly caBundle?: string;
      readonly service?: { readonly namespace?: string; readonly name?: string };
    };
  }[];
}

export interface DefinitionObject extends OwnedObject {
  readonly status?: { readonly storedVersions?: readonly string[] };
}

/** A time in milliseconds; `undefined` where there is none, or nobody can read it. */
export function millisecondsOf(time: Time | undefined): number | undefined {
  if (time === undefined) return undefined;
  const milliseconds = typeof time === "string" ? Date.parse(time) : time.getTime();
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
