import type { Catalogue } from "../stacks/environments/catalogue-spec.ts";
import { runInProcess, type StackCommand } from "./stack-process.ts";
import type { MeasuredRunOptions } from "./stack-run.ts";

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
  const inTurn = async (name: string, command: Pick<StackCommand, "command" | "expectNoChanges">) => {
    let value = 0;
    for (const [index, catalogue] of parts.entries()) {
      const stack = { ...options, catalogue, part: `${options.part}-${index}` };
      value += await runInProcess(stack, { ...command, signal: options.signal });
    }
    await figures.add({ name: `${parts.length} stacks, ${name}`, secrets, value, unit: "duration" });
    return value;
  };
  const run: SplitRun = { stacks: parts.length };
  keep(run);
  run.up = await inTurn("up", { command: "up" });
  run.sameUp = await inTurn("up without changes", { command: "up", expectNoChanges: true });
  run.destroy = await inTurn("destroy", { command: "destroy" });
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
