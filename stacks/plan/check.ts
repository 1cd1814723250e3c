import { blank, configPath, setCommand } from "../../components/support/messages/config-command.ts";
import type { Issue } from "../../components/support/messages/errors.ts";
import type { Consumer, PlanInput } from "./contract.ts";
import { callsOf, intervalOf, isSynced, requestsOf } from "./intervals.ts";
import { burstOf, makePlan, type ClusterPlan, type StorePlan } from "./plan.ts";

/** Largest part of a quota that a plan may take for its mean: the other half is for retries, people and other programs. */
export const allowedShare = 0.5;

/** What is wrong with a plan: it would be throttled, now or with the next application. Pure. */
export function planIssues(input: PlanInput): readonly Issue[] {
  const plan = makePlan(input);
  return [
    ...plan.stores.flatMap((store) => [...meanIssues(store, input), ...burstIssues(store, input)]),
    ...plan.clusters.flatMap((cluster) => loadIssues(cluster, input)),
  ];
}

function meanIssues(store: StorePlan, input: PlanInput): readonly Issue[] {
  const { readQuota, readShare = 0 } = store;
  if (readQuota === undefined || readShare <= allowedShare) return [];
  const consumers = input.consumers.filter((each) => each.store === store.name);
  const longer = longerIntervals(consumers, input, (raised) => callsOf(raised, input) / readQuota <= allowedShare);
  if (!consumers.every(isSynced)) return [pollIssue(store, { readQuota, readShare, longer })];
  return [
    {
      path: `stores.${store.name}`,
      problem:
        `refreshing every ${intervalsOf(consumers, input)} s is ${perSecond(store.callsPerSecond)} calls a second, ` +
        `${percent(readShare)} of the ${readQuota} that ${store.kind} takes; planned may be ${percent(allowedShare)}`,
      fix: `${longer ?? ""}${orBundle(store)}`,
    },
  ];
}

/** Longest interval that facts take: a year. */
const longestInterval = 31_536_000;
/** Longest poll of mounted files that facts take: a day. */
const longestPoll = 86_400;

/**
 * The commands that raise every interval which is too short to the shortest one that fits, each in the place of the facts
 * that sets it. None where a poll would have to be longer than it may be.
 */
function longerIntervals(
  consumers: readonly Consumer[],
  input: PlanInput,
  fits: (raised: readonly Consumer[]) => boolean,
): string | undefined {
  const raisedTo = (least: number) =>
    consumers.map((each): Consumer => {
      const seconds = intervalOf(each, input);
      if (seconds === undefined || seconds >= least) return each;
      if (!isSynced(each)) return { ...each, pollSeconds: least };
      return { ...each, refresh: { policy: "Periodic", seconds: least, from: placeOf(each) } };
    });
  let [short, long] = [0, longestInterval];
  while (long - short > 1) {
    const middle = Math.floor((short + long) / 2);
    if (fits(raisedTo(middle))) long = middle;
    else short = middle;
  }
  const tooShort = consumers.filter((each) => (intervalOf(each, input) ?? long) < long);
  if (long > longestPoll && !tooShort.every(isSynced)) return undefined;
  return [...new Set(tooShort.map(placeOf))].map((place) => setCommand(place, long)).join(" && ");
}

/** Path of the fact that an interval comes from. */
function placeOf({ refresh, pollSeconds, cluster }: Consumer): string {
  if (pollSeconds !== undefined) return configPath(["clusters", cluster, "secretsStoreCsi", "rotationPollSeconds"]);
  return refresh?.policy === "Periodic" ? refresh.from : "refreshSeconds";
}

/** The intervals of consumers, as one number or from the shortest to the longest. */
function intervalsOf(consumers: readonly Consumer[], input: PlanInput): string {
  const all = consumers.flatMap((each) => intervalOf(each, input) ?? []);
  const [shortest, longest] = [Math.min(...all), Math.max(...all)];
  return shortest === longest ? `${shortest}` : `${shortest} to ${longest}`;
}

interface Polled {
  readonly readQuota: number;
  readonly readShare: number;
  /** The commands that set intervals which fit. */
  readonly longer: string | undefined;
}

/** What Pods read at each poll, with what the operator reads. */
function pollIssue(store: StorePlan, { readQuota, readShare, longer }: Polled): Issue {
  return {
    path: `stores.${store.name}`,
    problem:
      `what Pods mount is read again at each poll: with what the operator reads, ${perSecond(store.callsPerSecond)} calls a second, ` +
      `${percent(readShare)} of the ${readQuota} that ${store.kind} takes; planned may be ${percent(allowedShare)}`,
    fix:
      longer === undefined
        ? `deliver fewer Secrets via csi, or have the quota raised and say so: ${setCommand(`stores.${store.name}.quota.readsPerSecond`, blank("reads per second"))}`
        : `${longer}${orBundle(store)}`,
  };
}

function burstIssues(store: StorePlan, input: PlanInput): readonly Issue[] {
  const { readQuota, burstCallsPerSecond } = store;
  if (readQuota === undefined || burstCallsPerSecond <= readQuota) return [];
  const readers = input.clusters.filter(({ name }) =>
    input.consumers.some((each) => isSynced(each) && each.store === store.name && each.cluster === name),
  );
  const highest = Math.max(...readers.map(({ concurrency }) => concurrency));
  const fitting = range(highest - 1).findLast((each) => burstOf(store.name, input, each) <= readQuota);
  const commands =
    fitting === undefined
      ? []
      : readers
          .filter(({ concurrency }) => concurrency > fitting)
          .map(({ name }) => setCommand(`clusters.${name}.externalSecrets.concurrency`, fitting));
  const fix = [
    ...(commands.length === 0 ? [] : [commands.join(" && ")]),
    ...(store.layout === "per-key" ? [bundle(store)] : []),
    `have the quota raised and say so: ${setCommand(`stores.${store.name}.quota.readsPerSecond`, blank("reads per second"))}`,
  ];
  return [
    {
      path: `stores.${store.name}`,
      problem:
        `Secrets that were made together are refreshed together: up to ${burstCallsPerSecond} calls in one second, ` +
        `and ${store.kind} takes ${readQuota}`,
      fix: fix.join("; or "),
    },
  ];
}

function loadIssues(cluster: ClusterPlan, input: PlanInput): readonly Issue[] {
  if (cluster.share <= allowedShare) return [];
  const consumers = input.consumers.filter((each) => isSynced(each) && each.cluster === cluster.name);
  return [
    {
      path: `clusters.${cluster.name}`,
      problem:
        `refreshing ${cluster.externalSecrets} Secrets is ${perSecond(cluster.requestsPerSecond)} requests a second to the ` +
        `API server, ${percent(cluster.share)} of the operator's ${cluster.clientQps}; planned may be ${percent(allowedShare)}`,
      fix:
        longerIntervals(consumers, input, (raised) => requestsOf(raised, input) / cluster.clientQps <= allowedShare) ??
        "",
    },
  ];
}

function orBundle(store: StorePlan): string {
  return store.layout === "per-key" ? `; or ${bundle(store)}` : "";
}

/** One call for a whole secret instead of one for each key. */
function bundle({ name }: StorePlan): string {
  return setCommand(`stores.${name}.layout`, "bundle");
}

function range(last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last) }, (_, index) => index + 1);
}

function perSecond(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}

function percent(share: number): string {
  const hundredths = share * 100;
  return `${Number.isInteger(hundredths) ? hundredths : hundredths.toFixed(1)} %`;
}
