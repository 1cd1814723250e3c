import { EventLog } from "../sandbox/engine/events.ts";
import { openStack } from "../sandbox/engine/stack.ts";
import type { Connection } from "../sandbox/connection.ts";
import { sandbox } from "../stacks/environments/sandbox.ts";
import type { Catalogue } from "../stacks/environments/catalogue-spec.ts";
import type { PlainClient } from "./client.ts";
import { readCounters } from "./counters.ts";
import { benchFacts } from "./catalogue.ts";
import { MemoryWatch } from "./memory.ts";

/** Measurements of one size deployed by the program. Times in milliseconds. */
export interface StackRun {
  readonly firstPreview: number;
  readonly up: number;
  readonly sameUp: number;
  readonly samePreview: number;
  readonly destroy: number;
  readonly resources: number;
  readonly peakBytes: number;
  readonly stateBytes: number;
  readonly kubernetesRequests: number;
  readonly vaultRequests: number;
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
}

/** The sandbox's policy without its limit on the number of resources. */
const policies = { sandbox: { ...sandbox, maximumResources: Number.MAX_SAFE_INTEGER } };

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
export async function runStack(options: StackRunOptions): Promise<StackRun> {
  const stack = await openBenchStack(options);
  const memory = new MemoryWatch();
  const firstPreview = await timed(() => stack.preview({ suppressProgress: true }));
  const before = await readCounters(options.connection, options.client);
  const events = new EventLog();
  const up = await timed(() => stack.up({ suppressProgress: true, onEvent: (event) => void events.add(event) }));
  const after = await readCounters(options.connection, options.client);
  const sameUp = await timed(() => stack.up({ suppressProgress: true, expectNoChanges: true }));
  const samePreview = await timed(() => stack.preview({ suppressProgress: true, expectNoChanges: true }));
  const peakBytes = memory.stop();
  const deployment = (await stack.exportStack()).deployment as { readonly resources: readonly unknown[] };
  const resources = deployment.resources.length;
  const stateBytes = Buffer.byteLength(JSON.stringify(deployment));
  const destroy = await timed(() => stack.destroy({ suppressProgress: true }));
  return {
    firstPreview,
    up,
    sameUp,
    samePreview,
    destroy,
    resources,
    peakBytes,
    stateBytes,
    kubernetesRequests: after.kubernetes - before.kubernetes,
    vaultRequests: after.vault - before.vault,
  };
}

/** How long a task takes, in milliseconds. */
export async function timed(task: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await task();
  return Math.round(performance.now() - started);
}
