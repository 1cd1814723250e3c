import { basePart } from "../../stacks/config/schema/parts.ts";
import type { FleetAction, FleetPart, FleetReport, PartResult } from "./model.ts";

/** Runs the engine for one stack. Never throws for what the engine says. */
export type RunPart = (stack: string, onStep: (text: string) => void) => Promise<Omit<PartResult, "part" | "stack">>;

export interface FleetRunArgs {
  readonly environment: string;
  readonly action: FleetAction;
  /** The base among them. */
  readonly parts: readonly Pick<FleetPart, "part" | "stack">[];
  readonly run: RunPart;
  /** Most parts at a time: 1 or more. */
  readonly parallel: number;
  /** What each part that is at work does, and how many are done. */
  readonly onProgress?: (progress: FleetProgress) => void;
  readonly signal?: AbortSignal;
}

export interface FleetProgress {
  readonly done: number;
  readonly all: number;
  /** By part, those that are at work. */
  readonly working: ReadonlyMap<string, string>;
}

/**
 * Runs all parts of an environment. The base is first at `up` and last at `destroy`, and the others are side by side: one
 * that fails stops none of them, but nothing begins after the base has failed, and the base is not destroyed while another
 * part is left. A preview changes nothing, so that its parts have no order.
 */
export async function runFleet(args: FleetRunArgs): Promise<FleetReport> {
  const { environment, action, parts, signal } = args;
  const base = parts.filter(({ part }) => part === basePart);
  const others = parts.filter(({ part }) => part !== basePart);
  const order = action === "up" ? [base, others] : action === "destroy" ? [others, base] : [[...base, ...others]];
  const results = new Map<string, PartResult>();
  const working = new Map<string, string>();
  const tell = () => args.onProgress?.({ done: results.size, all: parts.length, working: new Map(working) });
  const one = async ({ part, stack }: Pick<FleetPart, "part" | "stack">) => {
    working.set(part, "starting");
    tell();
    const result = await args.run(stack, (text) => {
      working.set(part, text);
      tell();
    });
    working.delete(part);
    results.set(part, { part, stack, ...result });
    tell();
  };
  for (const stage of order) {
    if ([...results.values()].some(({ outcome }) => outcome !== "done")) break;
    const waiting = [...stage];
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined && signal?.aborted !== true; next = waiting.shift()) {
        await one(next);
      }
    };
    await Promise.all(Array.from({ length: Math.min(args.parallel, stage.length) }, worker));
  }
  return {
    schemaVersion: 1,
    environment,
    action,
    parts: parts.map(
      ({ part, stack }) => results.get(part) ?? { part, stack, outcome: "skipped", seconds: 0, changes: {} },
    ),
  };
}
