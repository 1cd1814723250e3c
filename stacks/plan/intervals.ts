import type { Refresh } from "../../components/delivery/contract.ts";
import type { Consumer, PlanInput } from "./contract.ts";

/** Requests to the API server for ten refreshes: 5.1 for one, measured with the operator's version 0.20. */
export const requestsPerTenRefreshes = 51;
/** When the operators read for the Secrets of an environment. */
export interface RefreshPlan {
  /** Shortest and longest interval, in seconds. Absent where no Secret has one. */
  readonly seconds?: { readonly shortest: number; readonly longest: number };
  /** Secrets that are read only when a run changes them. */
  readonly onChange: number;
  /** Secrets that are read once. */
  readonly createdOnce: number;
}

/** When the operators read, in sum. */
export function planRefresh(input: PlanInput): RefreshPlan {
  const consumers = input.consumers.filter(isSynced);
  const intervals = [...byInterval(consumers, input).keys()];
  const having = (policy: Refresh["policy"]) => consumers.filter(({ refresh }) => refresh?.policy === policy).length;
  return {
    ...(intervals.length === 0
      ? {}
      : { seconds: { shortest: Math.min(...intervals), longest: Math.max(...intervals) } }),
    onChange: having("OnChange"),
    createdOnce: having("CreatedOnce"),
  };
}

/** Whether the operator reads it: otherwise Pods mount it. */
export function isSynced({ pollSeconds }: Consumer): boolean {
  return pollSeconds === undefined;
}

/** Interval at which a store is read for it, in seconds; `undefined` if there is none. */
export function intervalOf({ refresh, pollSeconds }: Consumer, { refreshSeconds }: Pick<PlanInput, "refreshSeconds">) {
  if (pollSeconds !== undefined) return pollSeconds;
  if (refresh === undefined) return refreshSeconds;
  return refresh.policy === "Periodic" ? refresh.seconds : undefined;
}

/** Consumers for which a store is read at an interval, by its seconds. */
export function byInterval(
  consumers: readonly Consumer[],
  input: Pick<PlanInput, "refreshSeconds">,
): ReadonlyMap<number, readonly Consumer[]> {
  const groups = Map.groupBy(consumers, (each) => intervalOf(each, input));
  return new Map([...groups].flatMap(([seconds, each]) => (seconds === undefined ? [] : [[seconds, each] as const])));
}

/** Sum over the intervals of what the consumers of each need. */
export function overIntervals(
  consumers: readonly Consumer[],
  input: Pick<PlanInput, "refreshSeconds">,
  need: (each: readonly Consumer[], seconds: number) => number,
): number {
  return [...byInterval(consumers, input)].reduce((total, [seconds, each]) => total + need(each, seconds), 0);
}

/** Mean of requests to the API server in a second that refreshing ExternalSecrets makes. */
export function requestsOf(consumers: readonly Consumer[], input: Pick<PlanInput, "refreshSeconds">): number {
  return overIntervals(consumers, input, (each, seconds) => (each.length * requestsPerTenRefreshes) / (seconds * 10));
}

/** Mean of calls to a store in a second, for ExternalSecrets and mounted files. */
export function callsOf(consumers: readonly Consumer[], input: Pick<PlanInput, "refreshSeconds">): number {
  return overIntervals(consumers, input, (each, seconds) => allReads(each) / seconds);
}

/** Calls of one refresh. */
export function readsOf({ reads }: Consumer): number {
  return reads.standard + reads.advanced;
}

/** Calls that it takes to refresh all of them once. */
export function allReads(consumers: readonly Consumer[]): number {
  return consumers.reduce((total, each) => total + readsOf(each), 0);
}
