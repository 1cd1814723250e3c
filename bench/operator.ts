import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { loadavg } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { controllerMemory } from "../components/external-secrets/operator/values.ts";
import type { Connection } from "../sandbox/connection.ts";
import { layoutOf } from "../sandbox/layout.ts";
import { runningProcess } from "../sandbox/platform/daemon.ts";
import { OPERATOR_PROCESS } from "../sandbox/platform/servers.ts";
import { benchCatalogue } from "./catalogue.ts";
import type { PlainClient } from "./client.ts";
import { readCounters, requestsBetween, total } from "./counters.ts";
import type { FigureLog, Unit } from "./figures.ts";
import { applyFloor, prepareNamespace, putSecret, removeFloor, storeSpec } from "./floor.ts";
import { quantiles, type Quantiles } from "./quantiles.ts";

/** ExternalSecrets that the operator manages besides those that are measured one by one, unless asked for others. */
export const usualExternalSecrets = 500;
const probes = 20;
const keysPerProbe = 10;

/** Performance of the operator with the chart's default values, without the program. Times in milliseconds. */
export interface OperatorRun {
  /** ExternalSecrets that it manages. */
  readonly count: number;
  /** From the first request until all ExternalSecrets are Ready, including their creation. */
  readonly ready: number;
  /** Most resident memory from the first request to the last probe. */
  readonly peakBytes: number;
  /** Requests until all are Ready, for each ExternalSecret: by the operator and by this bench, which makes them. */
  readonly kubernetesRequests: number;
  /** Requests of the operator to Vault, likewise. */
  readonly vaultReads: number;
  /** Requests to Vault per refresh of a secret with ten keys. */
  readonly readsPerRefresh: number;
  /** From the request that creates an ExternalSecret until its Secret exists. */
  readonly visible: Quantiles;
  readonly loadAverage: number;
}

export interface OperatorBenchOptions {
  readonly connection: Connection;
  readonly client: PlainClient;
  /** ExternalSecrets, 25 to a namespace. */
  readonly count: number;
  readonly figures: FigureLog;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Measures the operator of a platform that has it installed. */
export async function runOperator(options: OperatorBenchOptions): Promise<OperatorRun> {
  const { connection, client, count, figures } = options;
  const add = (name: string, value: number, unit: Unit, detail?: unknown) =>
    figures.add({
      name: `operator, ${name}`,
      secrets: count,
      value,
      unit,
      ...(detail === undefined ? {} : { detail }),
    });
  const catalogue = benchCatalogue(count);
  const memory = watchMemory(await operatorPid(connection));
  try {
    await add("memory before", await memory.now(), "bytes");
    const before = await readCounters(connection, client);
    const started = performance.now();
    // What fails to be created fails the bench, also while the rest is waited for.
    await Promise.all([applyFloor(client, connection, catalogue), untilReady(options)]);
    const ready = Math.round(performance.now() - started);
    await add("all Ready", ready, "duration", { loadAverage: loadavg()[0] });
    const requests = requestsBetween(before, await readCounters(connection, client));
    const kubernetesRequests = total(requests.kubernetes) / count;
    const vaultReads = total(requests.vaultByReaders) / count;
    await add("requests to the API server for each, with those that create it", kubernetesRequests, "count", requests);
    await add("requests to Vault for each", vaultReads, "count");
    await add("peak memory until all are Ready", memory.peak(), "bytes", controllerMemory(count));

    const store = storeSpec(connection);
    const names = Array.from({ length: probes }, (_, index) => `probe-${index}`);
    await prepareNamespace(client, store, "probe", names);
    const times: number[] = [];
    for (const name of names) {
      const begun = performance.now();
      await putSecret(client, store, { app: "probe", name, keys: keysPerProbe });
      while (!(await exists(client, `/api/v1/namespaces/probe/secrets/${name}`))) await sleep(10);
      times.push(Math.round(performance.now() - begun));
    }
    const visible = quantiles(times);
    await add("a new Secret exists, p50", visible.p50, "duration", times);
    await add("a new Secret exists, p95", visible.p95, "duration");
    const readsPerRefresh = await countReads(connection, client, names);
    await add("reads per refresh of ten keys", readsPerRefresh, "count");
    await add("peak memory", memory.peak(), "bytes");
    await removeFloor(client, connection, { ...catalogue, probe: { secrets: {}, deliveries: [] } });
    return {
      count,
      ready,
      peakBytes: memory.peak(),
      kubernetesRequests,
      vaultReads,
      readsPerRefresh,
      visible,
      loadAverage: loadavg()[0] ?? 0,
    };
  } finally {
    memory.stop();
  }
}

/** The result as text. */
export function describeOperator(run: OperatorRun): string {
  const { count, ready, peakBytes, kubernetesRequests, vaultReads, readsPerRefresh, visible, loadAverage } = run;
  const { request, limit } = controllerMemory(count);
  return [
    `operator: ${count} ExternalSecrets Ready in ${(ready / 1000).toFixed(1)} s, at most ${Math.round(peakBytes / 2 ** 20)} MiB (the chart requests ${request}, and allows ${limit})`,
    `operator: ${kubernetesRequests.toFixed(1)} requests to the API server and ${vaultReads.toFixed(1)} to Vault for each`,
    `operator: ${readsPerRefresh.toFixed(2)} reads per refresh of a secret with ${keysPerProbe} keys`,
    `operator: a new Secret exists after ${visible.p50} ms (p50), ${visible.p95} ms (p95), beside ${count} others`,
    `load average ${loadAverage.toFixed(1)}`,
  ].join("\n");
}

/** Sets a refresh interval of two seconds for 20 seconds, and counts the reads in Vault's audit log. */
async function countReads(connection: Connection, client: PlainClient, names: readonly string[]): Promise<number> {
  const store = storeSpec(connection);
  const probe = { app: "probe", keys: keysPerProbe, refreshInterval: "2s" };
  for (const name of names) await putSecret(client, store, { ...probe, name });
  await sleep(4_000);
  const before = await reads(connection);
  await sleep(20_000);
  return ((await reads(connection)) - before) / (names.length * 10);
}

async function reads({ logs }: Connection): Promise<number> {
  const audit = await readFile(path.join(logs, "vault-audit.log"), "utf8");
  return audit
    .split("\n")
    .filter(
      (line) =>
        line.includes('"type":"request"') && line.includes("/data/floor/probe/") && line.includes('"operation":"read"'),
    ).length;
}

/** How often progress is shown, in milliseconds. */
const shownEvery = 5_000;

async function untilReady({ client, count, say, signal }: OperatorBenchOptions): Promise<void> {
  let shownAt = performance.now();
  for (;;) {
    const asked = performance.now();
    const found = await readyCount(client);
    if (found >= count) return;
    const now = performance.now();
    if (now - shownAt > shownEvery) {
      say(`    ${found} of ${count} Ready`);
      shownAt = now;
    }
    // A list of thousands is work for the server that is measured: at most a tenth of its time goes into them.
    await sleep(Math.max(100, 9 * (now - asked)), undefined, { signal });
  }
}

async function readyCount(client: PlainClient): Promise<number> {
  const list = JSON.parse(await client.kubernetes("GET", "/apis/external-secrets.io/v1/externalsecrets")) as {
    readonly items: readonly {
      readonly metadata: { readonly namespace: string };
      readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
    }[];
  };
  return list.items.filter(
    ({ metadata, status }) =>
      metadata.namespace.startsWith("bench-") &&
      status?.conditions?.some((each) => each.type === "Ready" && each.status === "True"),
  ).length;
}

async function exists(client: PlainClient, path: string): Promise<boolean> {
  try {
    await client.kubernetes("GET", path);
    return true;
  } catch {
    return false;
  }
}

async function operatorPid(connection: Connection): Promise<number> {
  const running = await runningProcess(layoutOf(connection.root), OPERATOR_PROCESS);
  if (running === undefined) throw new Error("the operator is not running");
  return running.pid;
}

/** Resident memory of one process in bytes, sampled five times a second. */
function watchMemory(pid: number) {
  let peak = 0;
  const now = async () => {
    const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
    peak = Math.max(peak, Number(stdout) * 1024);
    return Number(stdout) * 1024;
  };
  const timer = setInterval(() => void now().catch(() => 0), 200);
  return {
    now,
    peak: () => peak,
    stop: () => {
      clearInterval(timer);
    },
  };
}
