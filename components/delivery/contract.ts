import type { Resource } from "@pulumi/pulumi";
import type { StoredSecret } from "../backends/contract.ts";
import type { Workload } from "../clusters/workloads.ts";
import type { RefreshPolicy } from "../external-secrets/manifests.ts";

/**
 * What is done to a Secret that exists already and is not ours: `adopt` takes its values over, `merge` adds our keys to it
 * and writes over those of the same names, `overwrite` replaces it. The first two leave its other keys as they are, and
 * the Secret is never owned.
 */
export const existingSecretChoices = ["adopt", "merge", "overwrite"] as const;
export type ExistingSecretChoice = (typeof existingSecretChoices)[number];

/**
 * How a Secret gets into its namespace: `external-secret` by the operator, from the store that the namespace reads; `gitops`
 * the same, but its ExternalSecret is rendered for a GitOps tool to apply; `csi` as files of Pods that mount it through the
 * Secrets Store CSI driver, from that store too; `sealed-secret` by the Sealed Secrets controller, from a SealedSecret that
 * this program encrypts for it; `plain` by this program itself. Of the last two the values are in the state as well.
 */
export const vias = ["external-secret", "gitops", "csi", "sealed-secret", "plain"] as const;
export type Via = (typeof vias)[number];

/** When the operator reads the store for a Secret. */
export type Refresh =
  | {
      readonly policy: "Periodic";
      readonly seconds: number;
      /** Path of the fact that says so. */
      readonly from: string;
    }
  | { readonly policy: Exclude<RefreshPolicy, "Periodic"> };

/** One Kubernetes Secret that a namespace gets. Plain data. */
export interface DeliverySpec {
  readonly via: Via;
  readonly namespace: string;
  /** Name of the Kubernetes Secret. */
  readonly secretName: string;
  /** Its name in the catalogue, by which facts know it. Default: the same. */
  readonly declaredAs?: string;
  /** Its keys, each taken from a key of a catalogue secret. */
  readonly keys: readonly DeliveredKey[];
  /** Keys whose text the operator composes in the cluster of several values. Default: none. */
  readonly templates?: readonly DeliveredTemplate[];
  /** Whether another owner (such as Argo CD) has the Secret, and these keys are merged into it. */
  readonly merge: boolean;
  /** What is done to a Secret of this name that existed before it was ours. Default: none did. */
  readonly existing?: ExistingSecretChoice;
  /** When the operator reads the store for it. Default: at the environment's interval. */
  readonly refresh?: Refresh;
  /**
   * Type of the Secret, which Kubernetes never changes. Default: `Opaque`; where keys are merged, that of the Secret that
   * exists.
   */
  readonly type?: string;
  /** Workloads that are restarted once the Secret has new values. Default: none. */
  readonly restarts?: readonly Workload[];
  /** Labels of the Secret by name. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the Secret by name, besides those that this program or the operator sets. Default: none. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The name by which catalogue and facts know a Secret. */
export function declaredName({ declaredAs, secretName }: Pick<DeliverySpec, "declaredAs" | "secretName">): string {
  return declaredAs ?? secretName;
}

/** Whether the operator brings the Secret, from the store that the namespace reads. */
export function isSynced(delivery: Pick<DeliverySpec, "via">): boolean {
  return isApplied(delivery) || isRendered(delivery);
}

/** Whether this program itself applies the ExternalSecret that the operator brings the Secret by. */
export function isApplied({ via }: Pick<DeliverySpec, "via">): boolean {
  return via === "external-secret";
}

/** Whether that ExternalSecret is rendered instead, for a GitOps tool to apply: the state knows nothing of it. */
export function isRendered({ via }: Pick<DeliverySpec, "via">): boolean {
  return via === "gitops";
}

/** Whether Pods mount it, from the store that the namespace reads. */
export function isMounted({ via }: Pick<DeliverySpec, "via">): boolean {
  return via === "csi";
}

/** Whether its values are taken from the store that the namespace reads: this program needs none of them for it. */
export function isFromStore(delivery: Pick<DeliverySpec, "via">): boolean {
  return isSynced(delivery) || isMounted(delivery);
}

/** Whether a Secret has another owner, and only gets our keys. */
export function isMerged({ merge, existing }: Pick<DeliverySpec, "merge" | "existing">): boolean {
  return merge || existing === "adopt" || existing === "merge";
}

/**
 * The type that a Secret must have; `undefined` where any will do, since only keys are merged into it. The Sealed Secrets
 * controller writes a type in every case.
 */
export function typeOf(delivery: DeliverySpec): string | undefined {
  const keepsType = isMerged(delivery) && delivery.via !== "sealed-secret";
  return delivery.type ?? (keepsType ? undefined : defaultSecretType);
}

/** Type of a Secret that names none. */
export const defaultSecretType = "Opaque";

export interface DeliveredKey {
  /** Key in the Kubernetes Secret. */
  readonly key: string;
  /** `<app>/<secret>`. */
  readonly secret: string;
  /** Key in the catalogue secret. */
  readonly from: string;
  /** Whether the value is base64, and the Secret has its bytes. Default: the value is text. */
  readonly bytes?: true;
}

/** A key of a Secret that is composed in the cluster. */
export interface DeliveredTemplate {
  /** Key in the Kubernetes Secret. */
  readonly key: string;
  /** Its text, with placeholders such as `${db/password|uri}`. */
  readonly text: string;
  /** What the placeholders name, by what stands in them. */
  readonly sources: Readonly<Record<string, Omit<DeliveredKey, "key">>>;
}

/** Every key of a secret that a Kubernetes Secret is made of, as often as it is named. */
export function sourcesOf({
  keys,
  templates = [],
}: Pick<DeliverySpec, "keys" | "templates">): readonly Omit<DeliveredKey, "key">[] {
  return [...keys, ...templates.flatMap(({ sources }) => Object.values(sources))];
}

/** The keys of a Kubernetes Secret. */
export function keyNamesOf({ keys, templates = [] }: Pick<DeliverySpec, "keys" | "templates">): readonly string[] {
  return [...keys, ...templates].map(({ key }) => key);
}

/** How Secrets get into a namespace. */
export interface Delivery {
  /** Delivers one Secret whose values are in the given stored secrets, by `<app>/<secret>`. */
  deliver(spec: DeliverySpec, stored: ReadonlyMap<string, StoredSecret>): Delivered;
}

/** What delivers one Secret. */
export interface Delivered {
  /** What brings it and, after it, what restarts its workloads; nothing where a GitOps tool does. */
  readonly resources: readonly Resource[];
  /** Whether the Secret has the values once these are there, and no later. */
  readonly isAwaited: boolean;
}
