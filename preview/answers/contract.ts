import type { RemoteStoreKind } from "../../components/backends/index.ts";

/** What a store holds under one name. */
export interface Held {
  /** As the store keeps it: a text, JSON for a bundle of keys. */
  readonly payload: string;
  readonly version: number;
}

/** The accounts that answers come from: their numbers, regions and addresses. */
export interface Accounts {
  /** AWS: partition, region and number of the account. */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** Azure: subscription, tenant and the domain of vaults. */
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly vaultSuffix: string;
  /** Google Cloud: number of every project. */
  readonly projectNumber: string;
}

/**
 * What providers answer from in place of real clouds. Names are full ones: Vault's begin with the mount, those of Google
 * Cloud with `projects/<project>/secrets/`.
 */
export interface World {
  readonly accounts: Accounts;
  readonly names: (kind: RemoteStoreKind) => readonly string[];
  readonly read: (kind: RemoteStoreKind, name: string) => Held | undefined;
  /** Labels of an object. Default: none has any. */
  readonly labels?: (kind: RemoteStoreKind, name: string) => Readonly<Record<string, string>>;
  /** Outputs of the resources in a stack's state, by URN. */
  readonly stateOf: (stackName: string) => object;
}

export type Inputs = Readonly<Record<string, unknown>>;

/** The result of a provider's function. Throws what the provider throws. */
export type Answer = (inputs: Inputs, world: World) => Readonly<Record<string, unknown>>;

/** Answers of one provider, by the token of the function. */
export type Answers = Readonly<Record<string, Answer>>;

/** An input that is a text; empty where it is absent. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
