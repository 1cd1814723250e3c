import { blank, setCommand } from "../../components/support/messages/config-command.ts";
import type { Issue } from "../../components/support/messages/errors.ts";
import {
  burstOf,
  makePlan,
  requestsPerTenRefreshes,
  type ClusterPlan,
  type Consumer,
  type PlanInput,
  type StorePlan,
} from "./plan.ts";

/** Largest part of a quota that a plan may take for its mean: the other half is for retries, people and other programs. */
export const allowedShare = 0.5;

/** What is wrong with a plan: it would be throttled, now or with the next application. Pure. */
export function planIssues(input: PlanInput): readonly Issue[] {
  const plan = makePlan(input);
  return [
    ...plan.stores.flatMap((store) => [...meanIssues(store, input), ...burstIssues(store, input)]),
    ...plan.clusters.flatMap((cluster) => loadIssues(cluster)),
  ];
}

function meanIssues(store: StorePlan, input: PlanInput): readonly Issue[] {
  const { readQuota, readShare = 0, readsPerRefresh } = store;
  const { refreshSeconds } = input;
  if (readQuota === undefined || readShare <= allowedShare) return [];
  const mounted = input.consumers.filter((each) => each.store === store.name && each.pollSeconds !== undefined);
  if (mounted.length > 0) return [pollIssue(store, { readQuota, readShare, mounted, refreshSeconds })];
  const needed = Math.ceil(readsPerRefresh / (allowedShare * readQuota));
  return [
    {
      path: `stores.${store.name}`,
      problem:
        `refreshing every ${refreshSeconds} s is ${perSecond(store.callsPerSecond)} calls a second, ` +
        `${percent(readShare)} of the ${readQuota} that ${store.kind} takes; planned may be ${percent(allowedShare)}`,
      fix: `${setCommand("refreshSeconds", needed)}${orBundle(store)}`,
    },
  ];
}

interface Polled {
  readonly readQuota: number;
  readonly readShare: number;
  readonly mounted: readonly Consumer[];
  readonly refreshSeconds: number;
}

/** What Pods read at each poll, with what the operator reads. */
function pollIssue(store: StorePlan, { readQuota, readShare, mounted, refreshSeconds }: Polled): Issue {
  const reads = mounted.reduce((total, each) => total + each.reads.standard + each.reads.advanced, 0);
  const room = allowedShare * readQuota - store.readsPerRefresh / refreshSeconds;
  const needed = Math.ceil(reads / room);
  const commands = [...new Set(mounted.map(({ cluster }) => cluster))].map((cluster) =>
    setCommand(["clusters", cluster, "secretsStoreCsi", "rotationPollSeconds"], needed),
  );
  return {
    path: `stores.${store.name}`,
    problem:
      `what Pods mount is read again at each poll: with what the operator reads, ${perSecond(store.callsPerSecond)} calls a second, ` +
      `${percent(readShare)} of the ${readQuota} that ${store.kind} takes; planned may be ${percent(allowedShare)}`,
    fix:
      room > 0 && needed <= longestPoll
        ? `${commands.join(" && ")}${orBundle(store)}`
        : `deliver fewer Secrets via csi, or have the quota raised and say so: ${setCommand(`stores.${store.name}.quota.readsPerSecond`, blank("reads per second"))}`,
  };
}

/** What facts admit, in seconds. */
const longestPoll = 86_400;

function burstIssues(store: StorePlan, input: PlanInput): readonly Issue[] {
  const { readQuota, burstCallsPerSecond } = store;
  if (readQuota === undefined || burstCallsPerSecond <= readQuota) return [];
  const readers = input.clusters.filter(({ name }) =>
    input.consumers.some((each) => each.store === store.name && each.cluster === name),
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

function loadIssues(cluster: ClusterPlan): readonly Issue[] {
  if (cluster.share <= allowedShare) return [];
  const needed = Math.ceil(
    (cluster.externalSecrets * requestsPerTenRefreshes) / (10 * allowedShare * cluster.clientQps),
  );
  return [
    {
      path: `clusters.${cluster.name}`,
      problem:
        `refreshing ${cluster.externalSecrets} Secrets is ${perSecond(cluster.requestsPerSecond)} requests a second to the ` +
        `API server, ${percent(cluster.share)} of the operator's ${cluster.clientQps}; planned may be ${percent(allowedShare)}`,
      fix: setCommand("refreshSeconds", needed),
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
