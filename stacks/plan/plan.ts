import { Decimal } from "decimal.js";
import { backends, type RemoteStoreKind } from "../../components/backends/index.ts";
import type { SizeClass, Tariff } from "../../components/backends/tariff.ts";
import type { Consumer, PlanInput, PlannedCluster, PlannedStore } from "./contract.ts";
import {
  allReads,
  byInterval,
  callsOf,
  isSynced,
  overIntervals,
  planRefresh,
  readsOf,
  requestsOf,
  requestsPerTenRefreshes,
  type RefreshPlan,
} from "./intervals.ts";

/** Seconds of an average month, as vendors bill it: 730 hours. */
const secondsPerMonth = 2_628_000;

/** Dollars per month, exact: rounded where they are shown, and nowhere before. */
export interface Cost {
  readonly storage: Decimal;
  readonly calls: Decimal;
}

/** What a store will hold, take and cost. Calls are reads by the operator: writes are too few to matter. */
export interface StorePlan {
  readonly name: string;
  readonly kind: RemoteStoreKind;
  readonly layout: PlannedStore["layout"];
  readonly objects: number;
  /** Versions of all objects together. */
  readonly versions: number;
  readonly externalSecrets: number;
  /** Calls that it takes to refresh every Secret once. */
  readonly readsPerRefresh: number;
  /** Mean over the refresh intervals. What is read on a change only, or once, adds nothing. */
  readonly callsPerSecond: number;
  /**
   * Most calls in one second: the operator has no jitter, so what was made together is refreshed together. Intervals that
   * differ meet now and then, and what is read once is read when it is made.
   */
  readonly burstCallsPerSecond: number;
  readonly callsPerMonth: number;
  /** Absent where the store has no quota. */
  readonly readQuota?: number;
  readonly writeQuota?: number;
  /** Part of the read quota that the mean takes: 0.5 is half. Absent without a quota. */
  readonly readShare?: number;
  readonly burstShare?: number;
  /** Least time that the first `up` takes for writing, in whole seconds. */
  readonly firstUpSeconds: number;
  readonly cost: Cost;
}

/** What an operator will have to do. */
export interface ClusterPlan {
  readonly name: string;
  readonly externalSecrets: number;
  readonly concurrency: number;
  /** Mean of requests to the API server for refreshing. */
  readonly requestsPerSecond: number;
  readonly clientQps: number;
  /** Part of `clientQps` that refreshing takes. */
  readonly share: number;
  /** ExternalSecrets that it can refresh in one second. */
  readonly syncsPerSecond: number;
}

export interface Plan {
  /** Interval of the environment, in seconds. */
  readonly refreshSeconds: number;
  readonly refresh: RefreshPlan;
  readonly stores: readonly StorePlan[];
  readonly clusters: readonly ClusterPlan[];
  /** Least time that the first `up` takes for writing: stores are written side by side. */
  readonly firstUpSeconds: number;
  readonly cost: Cost;
}

/** ExternalSecrets that one worker of the operator syncs in a second, measured: 9 to 10. */
export const syncsPerWorker = 10;

// 40 digits: no quotient of two numbers of this size can then come so near to half a cent that rounding goes wrong.
const Money = Decimal.clone({ precision: 40 });

/** Cost, calls, quota shares and duration of an environment. Pure. The formulas are explained in docs/planner.md. */
export function makePlan(input: PlanInput): Plan {
  const clusters = input.clusters.map((cluster) => planCluster(cluster, input));
  const stores = input.stores.map((store) => planStore(store, input));
  return {
    refreshSeconds: input.refreshSeconds,
    refresh: planRefresh(input),
    stores,
    clusters,
    firstUpSeconds: Math.max(0, ...stores.map(({ firstUpSeconds }) => firstUpSeconds)),
    cost: {
      storage: sum(stores.map(({ cost }) => cost.storage)),
      calls: sum(stores.map(({ cost }) => cost.calls)),
    },
  };
}

function planCluster(cluster: PlannedCluster, input: PlanInput): ClusterPlan {
  const consumers = input.consumers.filter((each) => isSynced(each) && each.cluster === cluster.name);
  const requestsPerSecond = requestsOf(consumers, input);
  return {
    name: cluster.name,
    externalSecrets: consumers.length,
    concurrency: cluster.concurrency,
    requestsPerSecond,
    clientQps: cluster.clientQps,
    share: requestsPerSecond / cluster.clientQps,
    syncsPerSecond: syncsPerSecond(cluster),
  };
}

function planStore(store: PlannedStore, input: PlanInput): StorePlan {
  const { tariff } = backends[store.kind];
  const consumers = input.consumers.filter((each) => each.store === store.name);
  const synced = consumers.filter(isSynced);
  const readsPerRefresh = allReads(synced);
  const callsPerSecond = callsOf(consumers, input);
  const burstCallsPerSecond = burstOf(store.name, input);
  const readQuota = store.quota?.readsPerSecond ?? tariff.readsPerSecond;
  const writeQuota = store.quota?.writesPerSecond ?? tariff.writesPerSecond;
  const writes = store.objects.filter(({ referenced }) => !referenced).length * tariff.writesPerObject;
  return {
    name: store.name,
    kind: store.kind,
    layout: store.layout,
    objects: store.objects.length,
    versions: store.objects.reduce((total, { versions }) => total + versions, 0),
    externalSecrets: synced.length,
    readsPerRefresh,
    callsPerSecond,
    burstCallsPerSecond,
    callsPerMonth: Math.round(
      overIntervals(consumers, input, (each, seconds) => (allReads(each) * secondsPerMonth) / seconds),
    ),
    ...(readQuota === undefined
      ? {}
      : { readQuota, readShare: callsPerSecond / readQuota, burstShare: burstCallsPerSecond / readQuota }),
    ...(writeQuota === undefined ? {} : { writeQuota }),
    firstUpSeconds: writeQuota === undefined ? 0 : Math.ceil(writes / writeQuota),
    cost: { storage: storageCost(store, tariff), calls: callsCost(store, tariff, byInterval(consumers, input)) },
  };
}

/** ExternalSecrets that an operator can refresh in a second: all workers busy, and its client's bucket still full. */
function syncsPerSecond({ concurrency, clientQps, clientBurst }: PlannedCluster): number {
  return Math.floor(Math.min(concurrency * syncsPerWorker, ((clientQps + clientBurst) * 10) / requestsPerTenRefreshes));
}

/**
 * Most calls that a store can get in one second: in every cluster at the same time, the ExternalSecrets that read most.
 * Pods start, and read their files again, at times of their own.
 *
 * @param concurrency an upper limit for every cluster's concurrency; to find one that fits.
 */
export function burstOf(store: string, { clusters, consumers }: PlanInput, concurrency = Infinity): number {
  return clusters.reduce((total, cluster) => {
    const reads = consumers
      .filter(isSynced)
      .filter((each) => each.store === store && each.cluster === cluster.name)
      .map(readsOf)
      .sort((a, b) => b - a);
    const limited = { ...cluster, concurrency: Math.min(cluster.concurrency, concurrency) };
    return total + reads.slice(0, syncsPerSecond(limited)).reduce((a, b) => a + b, 0);
  }, 0);
}

/** A Secret is paid for itself, or for each live version; and again in each location. */
function storageCost({ objects, locations }: PlannedStore, tariff: Tariff): Decimal {
  // What somebody else owns is on their bill.
  const own = objects.filter(({ referenced }) => !referenced);
  return sum(
    own.map(({ size, versions }) => new Money(tariff.storage[size]).times(tariff.billed === "version" ? versions : 1)),
  ).times(locations);
}

/** price · reads · seconds per month / (interval · 10,000): multiplied first and divided once for each, to stay exact. */
function callsCost(store: PlannedStore, tariff: Tariff, consumers: ReadonlyMap<number, readonly Consumer[]>): Decimal {
  const keyUse =
    tariff.keyUse.charged === "always" || (tariff.keyUse.charged === "customer-key" && store.customerKey)
      ? tariff.keyUse.price
      : "0";
  const sizes: readonly SizeClass[] = ["standard", "advanced"];
  return sum(
    [...consumers].map(([seconds, each]) =>
      sum(
        sizes.map((size) => {
          const reads = each.reduce((total, { reads: of }) => total + of[size], 0);
          return new Money(readPrice(store, tariff, size)).plus(keyUse).times(reads);
        }),
      )
        .times(secondsPerMonth)
        .dividedBy(seconds * 10_000),
    ),
  );
}

function readPrice({ quota }: PlannedStore, tariff: Tariff, size: SizeClass): string {
  const raised = (quota?.readsPerSecond ?? 0) > (tariff.readsPerSecond ?? Infinity);
  return raised && size === "standard" ? (tariff.raisedReads ?? tariff.reads[size]) : tariff.reads[size];
}

function sum(parts: readonly Decimal[]): Decimal {
  return parts.reduce((total, part) => total.plus(part), new Money(0));
}
