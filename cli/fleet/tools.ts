import { availableParallelism } from "node:os";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { clippedName } from "../../components/support/messages/printable.ts";
import { commitOf } from "../../operations/fleet/commit.ts";
import { fleetEngine, type FleetEngine } from "../../operations/fleet/engine.ts";
import type { FleetAction, FleetPart, FleetReport, PartResult } from "../../operations/fleet/model.ts";
import type { MoveRequest, MoveTools } from "../../operations/fleet/move.ts";
import { checkTurn, partNamed, type OrderArgs } from "../../operations/fleet/order.ts";
import { checkLinks, linkPart, writeParts } from "../../operations/fleet/parts-file.ts";
import { pulumiRun } from "../../operations/fleet/pulumi-run.ts";
import { runFleet, type FleetProgress } from "../../operations/fleet/run.ts";
import { fleetParts } from "../../operations/fleet/spread.ts";
import { resourcesIn } from "../../operations/fleet/state.ts";
import { readStackFile } from "../../preview/stack-file.ts";
import type { Session } from "../frame.ts";
import { loadFleet } from "./load.ts";

/** Parts that run at the same time unless `--parallel` says otherwise: each needs about a core and 600 MB at its peak. */
export const usualParallel = Math.max(1, Math.min(4, availableParallelism()));

/** Most parts at the same time. */
const mostParallel = 32;

/** A whole number of an option. */
export function wholeNumber(option: string, text: string, most: number): number {
  if (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= most) return Number(text);
  throw new ExpectedError(
    `${option} is "${clippedName(text)}", which is no whole number from 1 to ${most}\n    fix: ${option} ${Math.min(4, most)}`,
  );
}

export interface FleetRunOptions {
  readonly environment: string;
  readonly action: FleetAction;
  readonly parallel: string | undefined;
  /** The only part that is run. Default: all. */
  readonly part: string | undefined;
}

/** The engine of an environment's stacks. */
export async function engineOf(root: string, environment: string): Promise<FleetEngine> {
  const { secretsProvider } = await readStackFile(root, environment);
  return fleetEngine({ root, ...(secretsProvider === undefined ? {} : { secretsProvider }) });
}

/** Runs all parts of an environment, or one of them whose turn it is; stacks that `up` misses are made first. */
export async function runParts(
  { environment, action, parallel = String(usualParallel), part: only }: FleetRunOptions,
  { root, progress, signal }: Session,
): Promise<FleetReport> {
  const most = wholeNumber("--parallel", parallel, mostParallel);
  progress.step(`reading the description of ${environment}`);
  const fleet = await loadFleet({ root, environment, lenient: false });
  const all = fleetParts(fleet, fleet.assigned);
  const parts = only === undefined ? all : [partNamed(environment, all, only)];
  await checkLinks(
    root,
    environment,
    all.map(({ stack }) => stack),
  );
  const engine = await engineOf(root, environment);
  const existing = await engine.stacks();
  if (only !== undefined) await checkOrder({ environment, action, only, parts: all }, { root, engine, existing });
  const names = parts.map(({ stack }) => stack);
  const missing = names.filter((stack) => !existing.has(stack));
  if (action === "up") {
    // One after the other: each may write its key into the file that all of them share.
    for (const stack of missing) {
      progress.step(`making stack ${stack}`);
      await engine.init(stack);
    }
  }
  const run = pulumiRun({ root, action, configuredIn: environment, signal });
  return runFleet({
    environment,
    action,
    parts,
    parallel: most,
    signal,
    run: (stack, onStep) =>
      action !== "up" && missing.includes(stack) ? Promise.resolve(noStack(action)) : run(stack, onStep),
    onProgress: (state) => progress.step(progressText(state)),
  });
}

async function checkOrder(
  args: Pick<OrderArgs, "environment" | "action" | "only" | "parts">,
  {
    root,
    engine,
    existing,
  }: { readonly root: string; readonly engine: FleetEngine; readonly existing: ReadonlySet<string> },
): Promise<void> {
  const commit = await commitOf(root);
  await checkTurn({
    ...args,
    lastRun: (stack) => (existing.has(stack) ? engine.lastRun(stack) : Promise.resolve(undefined)),
    held: async (stack) => {
      const state = existing.has(stack) ? await engine.state(stack) : undefined;
      return state === undefined ? 0 : resourcesIn(state).length;
    },
    ...(commit === undefined ? {} : { commit }),
  });
}

/** There is nothing to destroy, and nothing to compare with. */
function noStack(action: FleetAction): Omit<PartResult, "part" | "stack"> {
  const frame = { outcome: "done", seconds: 0, changes: {} } as const;
  return action === "destroy" ? frame : { ...frame, message: "there is no such stack yet: fleet up makes it" };
}

function progressText({ done, all, working }: FleetProgress): string {
  const each = [...working].map(([part, text]) => `${part}: ${text}`).join(", ");
  return `${done} of ${all} done${each === "" ? "" : `; ${each}`}`;
}

/** What a move works with. */
export async function moveTools(
  environment: string,
  { application, part }: Pick<MoveRequest, "application" | "part">,
  { root, progress }: Session,
): Promise<MoveTools & { readonly parts: readonly FleetPart[] }> {
  progress.step(`reading the description of ${environment}`);
  const fleet = await loadFleet({ root, environment, lenient: true });
  const { whole, assigned, project } = fleet;
  if (environment !== whole.name) {
    throw new ExpectedError(
      `Nothing was changed: ${environment} is one stack; only the environment's own stack, ${whole.name}, has parts\n` +
        `    fix: npx secrets fleet move ${whole.name} ${clippedName(application)} ${clippedName(part)}`,
    );
  }
  const engine = await engineOf(root, environment);
  return {
    ...engine,
    whole,
    parts: fleetParts(fleet, assigned),
    prepare: async (stack) => {
      await linkPart(root, environment, stack);
      if (!(await engine.stacks()).has(stack)) await engine.init(stack);
    },
    writeParts: (parts) => writeParts({ root, environment, project }, parts),
    onStep: (text) => progress.step(text),
  };
}
