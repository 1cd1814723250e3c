import { loadavg } from "node:os";
import type { PlainClient } from "./client.ts";
import { readCounters, requestsBetween, total } from "./counters.ts";
import type { Figure, FigureLog } from "./figures.ts";
import { openBenchStack, type BenchStack } from "./open-stack.ts";
import { ProcessWatch, usedByRun } from "./processes.ts";
import { runInProcess, type StackCommand } from "./stack-process.ts";

/** Measurements of one size deployed by the program. Times in milliseconds. A stopped run has the first of them. */
export interface StackRun {
  firstPreview?: number;
  up?: number;
  sameUp?: number;
  samePreview?: number;
  destroy?: number;
  resources?: number;
  peakBytes?: number;
  stateBytes?: number;
  kubernetesRequests?: number;
  vaultRequests?: number;
}

export interface StackRunOptions extends BenchStack {
  readonly client: PlainClient;
  readonly signal: AbortSignal;
}

/** What a measured run needs besides. */
export interface MeasuredRunOptions extends StackRunOptions {
  readonly secrets: number;
  readonly figures: FigureLog;
  /** Gets each measurement as it is made. */
  readonly run: StackRun;
}

/** Deploys one size, repeats it without changes, and destroys it. */
export async function runStack(options: MeasuredRunOptions): Promise<void> {
  const { connection, client, run, signal, secrets, figures } = options;
  const stack = await openBenchStack(options);
  const watch = new ProcessWatch(connection.root);
  const add = (figure: Omit<Figure, "secrets">) => figures.add({ ...figure, secrets });
  const phase = async (name: string, command: Pick<StackCommand, "command" | "expectNoChanges">) => {
    const value = await runInProcess(options, { ...command, signal, begins: () => watch.lap() });
    const { roles, peakBytes } = await watch.lap();
    run.peakBytes = Math.max(run.peakBytes ?? 0, peakBytes);
    await add({ name, value, unit: "duration", detail: { roles, loadAverage: loadavg()[0] } });
    const { cpuMs } = usedByRun(roles);
    await add({ name: `${name}, CPU time of program, engine and plugins`, value: cpuMs, unit: "duration" });
    await add({ name: `${name}, peak memory of the same`, value: peakBytes, unit: "bytes" });
    return value;
  };
  try {
    run.firstPreview = await phase("first preview", { command: "preview" });
    const before = await readCounters(connection, client);
    run.up = await phase("up", { command: "up" });
    const requests = requestsBetween(before, await readCounters(connection, client));
    run.kubernetesRequests = total(requests.kubernetes);
    run.vaultRequests = total(requests.vaultByProgram) + total(requests.vaultByReaders);
    const { kubernetes, vaultByProgram, vaultByReaders } = requests;
    for (const [name, detail] of Object.entries({ kubernetes, vaultByProgram, vaultByReaders })) {
      await add({ name: `requests per secret, ${name}`, value: total(detail) / secrets, unit: "count", detail });
    }
    run.sameUp = await phase("up without changes", { command: "up", expectNoChanges: true });
    run.samePreview = await phase("preview without changes", { command: "preview", expectNoChanges: true });
    const deployment = (await stack.exportStack()).deployment as { readonly resources: readonly StateEntry[] };
    run.resources = deployment.resources.length;
    run.stateBytes = Buffer.byteLength(JSON.stringify(deployment));
    await add({ name: "resources per secret", value: run.resources / secrets, unit: "count" });
    await add({
      name: "state per resource",
      value: run.stateBytes / run.resources,
      unit: "bytes",
      detail: sizeByType(deployment.resources),
    });
    run.destroy = await phase("destroy", { command: "destroy" });
  } finally {
    watch.stop();
  }
}

interface StateEntry {
  readonly type: string;
}

/** How many resources of each type a state has, and their bytes. */
function sizeByType(resources: readonly StateEntry[]): Readonly<Record<string, { count: number; bytes: number }>> {
  const sizes = new Map<string, { count: number; bytes: number }>();
  for (const resource of resources) {
    const size = sizes.get(resource.type) ?? { count: 0, bytes: 0 };
    size.count += 1;
    size.bytes += Buffer.byteLength(JSON.stringify(resource));
    sizes.set(resource.type, size);
  }
  return Object.fromEntries(sizes);
}

/** How long a task takes, in milliseconds. */
export async function timed(task: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await task();
  return Math.round(performance.now() - started);
}
