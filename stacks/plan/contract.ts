import type { StoreQuota } from "../../components/backends/contract.ts";
import type { RemoteStoreKind } from "../../components/backends/index.ts";
import type { SizeClass } from "../../components/backends/tariff.ts";
import type { Refresh } from "../../components/delivery/contract.ts";

/** What the planner needs to know of a store. */
export interface PlannedStore {
  readonly name: string;
  readonly kind: RemoteStoreKind;
  readonly layout: "bundle" | "per-key";
  /** Places that hold a copy: 1, and one more for each replica. */
  readonly locations: number;
  /** Whether a key of the customer's own encrypts the values. */
  readonly customerKey: boolean;
  readonly objects: readonly PlannedObject[];
  /** Quotas that the account was raised to. Default: the vendor's. */
  readonly quota?: StoreQuota;
}

/** One remote object. */
export interface PlannedObject {
  readonly size: SizeClass;
  /** Versions that are kept readable at the same time. */
  readonly versions: number;
  /** Whether it exists already and is never written here. */
  readonly referenced: boolean;
}

/** One ExternalSecret, or what Pods mount. */
export interface Consumer {
  readonly cluster: string;
  readonly store: string;
  /** Calls that one refresh makes to the store, by the size of what is read; of all Pods that mount it. */
  readonly reads: Readonly<Record<SizeClass, number>>;
  /** When they are made. Default: at the interval of the plan. */
  readonly refresh?: Refresh;
  /** How often mounted files are read again, in seconds. Default: it is an ExternalSecret. */
  readonly pollSeconds?: number;
}

/** The operator of one cluster. */
export interface PlannedCluster {
  readonly name: string;
  /** ExternalSecrets that are worked on at the same time. */
  readonly concurrency: number;
  /** Its budget of requests to the API server. */
  readonly clientQps: number;
  readonly clientBurst: number;
}

/** An environment, as far as cost and load are concerned. Plain data. */
export interface PlanInput {
  /** Interval of the environment, in seconds. */
  readonly refreshSeconds: number;
  readonly stores: readonly PlannedStore[];
  readonly clusters: readonly PlannedCluster[];
  readonly consumers: readonly Consumer[];
}
