import type { Catalogue } from "../stacks/environments/catalogue-spec.ts";
import { openBenchStack, timed, type StackRunOptions } from "./stack-run.ts";

/** Secrets per stack when a large environment is split. */
export const secretsPerStack = 100;

/** Times of one catalogue as several stacks, deployed one after the other, in milliseconds. */
export interface SplitRun {
  readonly stacks: number;
  readonly up: number;
  readonly sameUp: number;
  readonly destroy: number;
}

/** Deploys a catalogue as several stacks of `secretsPerStack`. */
export async function runSplit(options: StackRunOptions): Promise<SplitRun> {
  const parts = split(options.catalogue);
  const stacks: Awaited<ReturnType<typeof openBenchStack>>[] = [];
  for (const [index, catalogue] of parts.entries()) {
    stacks.push(await openBenchStack({ ...options, catalogue, part: `${options.part}-${index}` }));
  }
  const inTurn = (task: (stack: (typeof stacks)[number]) => Promise<unknown>) =>
    timed(async () => {
      for (const stack of stacks) await task(stack);
    });
  const up = await inTurn((stack) => stack.up({ suppressProgress: true }));
  const sameUp = await inTurn((stack) => stack.up({ suppressProgress: true, expectNoChanges: true }));
  const destroy = await inTurn((stack) => stack.destroy({ suppressProgress: true }));
  return { stacks: stacks.length, up, sameUp, destroy };
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
