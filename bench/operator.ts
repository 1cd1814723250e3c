import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { loadavg } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Connection } from "../sandbox/connection.ts";
import { layoutOf } from "../sandbox/layout.ts";
import { runningProcess } from "../sandbox/platform/daemon.ts";
import { OPERATOR_PROCESS } from "../sandbox/platform/servers.ts";
import { benchCatalogue } from "./catalogue.ts";
import type { PlainClient } from "./client.ts";
import { applyFloor, prepareNamespace, putSecret, removeFloor, storeSpec } from "./floor.ts";
import { quantiles, type Quantiles } from "./quantiles.ts";

/** ExternalSecrets that the operator manages besides those that are measured one by one. */
export const ownSecrets = 500;
const probes = 20;
const keysPerProbe = 10;

/** Performance of the operator with the chart's default values, without the program. Times in milliseconds. */
export interface OperatorRun {
  /** From the first request until all ExternalSecrets are Ready, including their creation. */
  readonly ready: number;
  readonly peakBytes: number;
  /** Requests to Vault per refresh of a secret with ten keys. */
  readonly readsPerRefresh: number;
  /** From the request that creates an ExternalSecret until its Secret exists. */
  readonly visible: Quantiles;
  readonly loadAverage: number;
}

/** Measures the operator of a platform that has it installed. */
export async function runOperator(connection: Connection, client: PlainClient): Promise<OperatorRun> {
  const catalogue = benchCatalogue(ownSecrets);
  const memory = watchMemory(await operatorPid(connection));
  const started = performance.now();
  const applied = applyFloor(client, connection, catalogue);
  await untilReady(client, ownSecrets);
  await applied;
  const ready = Math.round(performance.now() - started);
  const peakBytes = memory.stop();

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
  const readsPerRefresh = await countReads(connection, client, names);
  await removeFloor(client, connection, { ...catalogue, probe: { secrets: {}, deliveries: [] } });
  return {
    ready,
    peakBytes,
    readsPerRefresh,
    visible: quantiles(times),
    loadAverage: loadavg()[0] ?? 0,
  };
}

/** The result as text. */
export function describeOperator({ ready, peakBytes, readsPerRefresh, visible, loadAverage }: OperatorRun): string {
  return [
    `operator: ${ownSecrets} ExternalSecrets Ready in ${(ready / 1000).toFixed(1)} s, at most ${Math.round(peakBytes / 1e6)} MB`,
    `operator: ${readsPerRefresh.toFixed(2)} reads per refresh of a secret with ${keysPerProbe} keys`,
    `operator: a new Secret exists after ${visible.p50} ms (p50), ${visible.p95} ms (p95), beside ${ownSecrets} others`,
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

async function untilReady(client: PlainClient, count: number): Promise<void> {
  for (;;) {
    await sleep(100);
    if ((await readyCount(client)) >= count) return;
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

/** Peak resident memory of one process, sampled five times a second. */
function watchMemory(pid: number): { stop(): number } {
  let peak = 0;
  const timer = setInterval(() => {
    void promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]).then(
      ({ stdout }) => {
        peak = Math.max(peak, Number(stdout) * 1024);
      },
      () => undefined,
    );
  }, 200);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}
