import type { StoredSecret } from "../stores/contract.ts";

/** One Kubernetes Secret that a namespace gets. Plain data. */
export interface DeliverySpec {
  readonly namespace: string;
  /** Name of the Kubernetes Secret. */
  readonly secretName: string;
  /** Its keys, each taken from a key of a catalogue secret. */
  readonly keys: readonly DeliveredKey[];
  /** Whether the Secret belongs to somebody else (such as Argo CD) and gets these keys merged into it. */
  readonly merge: boolean;
}

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
  /** Delivers one Secret whose values lie in the given stored secrets, by `<app>/<secret>`. */
  deliver(spec: DeliverySpec, stored: ReadonlyMap<string, StoredSecret>): void;
}
