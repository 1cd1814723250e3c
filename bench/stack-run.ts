import { loadavg } from "node:os";
import { openStack } from "../sandbox/engine/stack.ts";
import type { Connection } from "../sandbox/connection.ts";
import { sandbox } from "../stacks/environments/sandbox.ts";
import type { Catalogue } from "../stacks/environments/catalogue-spec.ts";
import type { PlainClient } from "./client.ts";
import { readCounters, requestsBetween, total } from "./counters.ts";
import { benchFacts } from "./catalogue.ts";
import type { Figure, FigureLog } from "./figures.ts";
import { ProcessWatch } from "./processes.ts";

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

export interface StackRunOptions {
  readonly connection: Connection;
  readonly client: PlainClient;
  /** Name after the dot: `sandbox.<part>`. */
  readonly part: string;
  readonly catalogue: Catalogue;
  /** Namespaces of the committed facts, which the bench removes. */
  readonly committedNamespaces: readonly string[];
  /** Whether this stack installs the operator. */
  readonly install: boolean;
  readonly signal: AbortSignal;
}

/** What a measured run needs besides. */
export interface MeasuredRunOptions extends StackRunOptions {
  readonly secrets: number;
  readonly figures: FigureLog;
  /** Gets each measurement as it is made. */
  readonly run: StackRun;
}

/** The sandbox's policy with the largest limit on the number of resources that a policy may have. */
const policies = { sandbox: { ...sandbox, maximumResources: 1_000_000 } };

/** Opens the stack of one size. */
export async function openBenchStack({ connection, part, catalogue, committedNamespaces, install }: StackRunOptions) {
  return openStack({
    connection,
    stack: `sandbox.${part}`,
    program: { catalogue, policies },
    facts: {
      ...benchFacts(catalogue, committedNamespaces),
      clusters: { local: { externalSecrets: { install } } },
    },
    demo: false,
  });
}

/** Deploys one size, repeats it without changes, and destroys it. */
export async function runStack(options: MeasuredRunOptions): Promise<void> {
  const { connection, client, run, signal, secrets, figures } = options;
  const stack = await openBenchStack(options);
  const watch = new ProcessWatch(connection.root);
  const quiet = { suppressProgress: true, signal };
  const add = (figure: Omit<Figure, "secrets">) => figures.add({ ...figure, secrets });
  const phase = async (name: string, task: () => Promise<unknown>) => {
    await watch.lap();
    const value = await timed(task);
    const { roles, peakBytes } = await watch.lap();
    run.peakBytes = Math.max(run.peakBytes ?? 0, peakBytes);
    const cpu = (role: string) => roles[role]?.cpuSeconds ?? 0;
    await add({ name, value, unit: "duration", detail: { roles, loadAverage: loadavg()[0] } });
    const ours = Object.keys(roles).filter((role) => /^(program|engine|plugin )/.test(role));
    const cpuMs = ours.reduce((sum, role) => sum + cpu(role), 0) * 1000;
    await add({ name: `${name}, CPU time of program, engine and plugins`, value: cpuMs, unit: "duration" });
    await add({ name: `${name}, peak memory of the same`, value: peakBytes, unit: "bytes" });
    return value;
  };
  try {
    run.firstPreview = await phase("first preview", () => stack.preview(quiet));
    const before = await readCounters(connection, client);
    run.up = await phase("up", () => stack.up(quiet));
    const requests = requestsBetween(before, await readCounters(connection, client));
    run.kubernetesRequests = total(requests.kubernetes);
    run.vaultRequests = total(requests.vaultByProgram) + total(requests.vaultByReaders);
    const { kubernetes, vaultByProgram, vaultByReaders } = requests;
    for (const [name, detail] of Object.entries({ kubernetes, vaultByProgram, vaultByReaders })) {
      await add({ name: `requests per secret, ${name}`, value: total(detail) / secrets, unit: "count", detail });
    }
    run.sameUp = await phase("up without changes", () => stack.up({ ...quiet, expectNoChanges: true }));
    run.samePreview = await phase("preview without changes", () => stack.preview({ ...quiet, expectNoChanges: true }));
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
    run.destroy = await phase("destroy", () => stack.destroy(quiet));
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
