import type { RotationCalendar } from "./rotation-calendar.ts";

/** A generated value that may be weaker than an environment's minimum, such as one that an application limits. */
export interface WeakKey {
  /** `<app>/<secret>`. */
  readonly secret: string;
  readonly key: string;
  /** Why, for reviewers and for whoever reads the preview: a line of text. */
  readonly reason: string;
}

/** What an environment's policy decides; in code, so that a change of it is reviewed. */
export interface Policy {
  /**
   * When the workflows deploy it: every environment of a stage before any of the next. One that is `by-hand` they neither
   * preview nor deploy nor check for drift (`ci/environments.ts`).
   */
  readonly stage: "development" | "acceptance" | "production" | "by-hand";
  /** Whether Secrets and remote objects outlive `destroy`. Namespaces always do. */
  readonly retain: boolean;
  /** Least strength of a generated value, in bits. */
  readonly minimumBits: number;
  /** Values that may be weaker than that, by name. One that matches nothing, or is not needed, is refused. Default: none. */
  readonly weakKeys?: readonly WeakKey[];
  /** Shortest refresh interval that facts may ask for, in seconds: each refresh is a store call per remote object. */
  readonly refreshFloorSeconds: number;
  /** Whether catalogue keys marked for high availability exist. */
  readonly highAvailability: boolean;
  /** Replicas of the operator. */
  readonly operatorReplicas: number;
  /** Whether an operator older than the oldest one without known advisories may run. Only ever true in the sandbox. */
  readonly allowOldOperator: boolean;
  /** Most resources in one stack; a larger environment is split into several stacks. */
  readonly maximumResources: number;
  /**
   * Whether values may be delivered plain (`via: plain`, or a store of kind `kubernetes`): this program then writes the only
   * copy beside the state into the cluster in clear, which is for development. What is sealed reaches the cluster encrypted,
   * and is allowed either way.
   */
  readonly allowEmbeddedSecrets: boolean;
  /** Whether a ClusterSecretStore without conditions may be made, which any namespace of the cluster reads through. */
  readonly allowOpenClusterStores: boolean;
  /** Whether stores may be read with credentials that people bring, which never expire by themselves. */
  readonly allowStaticCredentials: boolean;
  /** Days in which what was deleted from a store can be brought back: 0 (at once, where the store can) or 7 to 30. */
  readonly recoveryDays: number;
  /** Whether nobody may purge a deleted vault or secret before that, where the store has such a switch. */
  readonly purgeProtection: boolean;
  /** Whether every store must encrypt with a key of the customer's. */
  readonly requireCustomerKeys: boolean;
  /**
   * Whether every store that is made here (a Key Vault, a mount of Vault) must send its audit log somewhere, and reads from
   * Google Cloud must be logged.
   */
  readonly requireAuditLogs: boolean;
  /** When `secrets rotate` may begin rotations. Default: at any time. */
  readonly rotation?: RotationCalendar;
}
