import type { Catalogue } from "../stacks/environments/catalogue-spec.ts";
import { openBenchStack, timed, type MeasuredRunOptions } from "./stack-run.ts";

/** Secrets per stack when a large environment is split. */
export const secretsPerStack = 100;

/** Times of one catalogue as several stacks, deployed one after the other, in milliseconds. */
export interface SplitRun {
  readonly stacks: number;
  up?: number;
  sameUp?: number;
  destroy?: number;
}

/** Deploys a catalogue as several stacks of `secretsPerStack`; `keep` gets the times, which are added one by one. */
export async function runSplit(
  { figures, secrets, ...options }: Omit<MeasuredRunOptions, "run">,
  keep: (run: SplitRun) => void,
): Promise<void> {
  const parts = split(options.catalogue);
  const stacks: Awaited<ReturnType<typeof openBenchStack>>[] = [];
  for (const [index, catalogue] of parts.entries()) {
    stacks.push(await openBenchStack({ ...options, catalogue, part: `${options.part}-${index}` }));
  }
  const inTurn = async (name: string, task: (stack: (typeof stacks)[number]) => Promise<unknown>) => {
    const value = await timed(async () => {
      for (const stack of stacks) await task(stack);
    });
    await figures.add({ name: `${stacks.length} stacks, ${name}`, secrets, value, unit: "duration" });
    return value;
  };
  const quiet = { suppressProgress: true, signal: options.signal };
  const run: SplitRun = { stacks: stacks.length };
  keep(run);
  run.up = await inTurn("up", (stack) => stack.up(quiet));
  run.sameUp = await inTurn("up without changes", (stack) => stack.up({ ...quiet, expectNoChanges: true }));
  run.destroy = await inTurn("destroy", (stack) => stack.destroy(quiet));
}

function split(catalogue: Catalogue): readonly Catalogue[] {
  const parts: Catalogue[] = [];
  let part: Record<string, Catalogue[string]> = {};
  let size = 0;
  for (const [app, application] of Object.entries(catalogue)) {
    const count = Object.keys(application.secrets).length;
    if (size > 0 && size + count > secretsPerStack) {
      parts.push(part);
      part = {};
      size = 0;
    }
    part[app] = application;
    size += count;
  }
  return [...parts, part];
}
