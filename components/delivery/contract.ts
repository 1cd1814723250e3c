import type { StoredSecret } from "../backends/contract.ts";

/**
 * What is done to a Secret that exists already and is not ours: `adopt` takes its values over, `merge` adds our keys to it
 * and writes over those of the same names, `overwrite` replaces it. The first two leave its other keys as they are, and
 * the Secret is never owned.
 */
export const existingSecretChoices = ["adopt", "merge", "overwrite"] as const;
export type ExistingSecretChoice = (typeof existingSecretChoices)[number];

/**
/**
 * How a Secret gets into its namespace: `external-secret` by the operator, from the store that the namespace reads; `gitops`
 * the same, but its ExternalSecret is rendered for a GitOps tool to apply; `sealed-secret` by the Sealed Secrets controller,
 * from a SealedSecret that this program encrypts for it; `plain` by this program itself. Of the last two the values are in
 * the state as well.
 */
export const vias = ["external-secret", "gitops", "sealed-secret", "plain"] as const;
export type Via = (typeof vias)[number];

/** One Kubernetes Secret that a namespace gets. Plain data. */
export interface DeliverySpec {
  readonly via: Via;
  readonly namespace: string;
  /** Name of the Kubernetes Secret. */
  readonly secretName: string;
  /** Its keys, each taken from a key of a catalogue secret. */
  readonly keys: readonly DeliveredKey[];
  /** Whether another owner (such as Argo CD) has the Secret, and these keys are merged into it. */
  readonly merge: boolean;
  /** What is done to a Secret of this name that existed before it was ours. Default: none did. */
  readonly existing?: ExistingSecretChoice;
  /**
   * Type of the Secret, which Kubernetes never changes. Default: `Opaque`; where keys are merged, that of the Secret that
   * exists.
   */
  readonly type?: string;
  /** Labels of the Secret by name. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the Secret by name, besides those that this program or the operator sets. Default: none. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Whether the operator brings the Secret, from the store that the namespace reads. */
export function isSynced({ via }: Pick<DeliverySpec, "via">): boolean {
  return via === "external-secret" || via === "gitops";
}

/** Whether this program itself applies the ExternalSecret that the operator brings the Secret by. */
export function isApplied({ via }: Pick<DeliverySpec, "via">): boolean {
  return via === "external-secret";
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
}

/** How Secrets get into a namespace. */
export interface Delivery {
  /** Delivers one Secret whose values are in the given stored secrets, by `<app>/<secret>`. */
  deliver(spec: DeliverySpec, stored: ReadonlyMap<string, StoredSecret>): void;
}
