import { ExpectedError } from "../../components/support/messages/errors.ts";
import { clippedName } from "../../components/support/messages/printable.ts";
import { thereAre } from "../../components/support/messages/suggestions.ts";
import { basePart } from "../../stacks/config/schema/parts.ts";
import type { FleetAction, FleetPart } from "./model.ts";

/** The newest run of a stack, as the engine keeps it. */
export interface LastRun {
  /** `update`, `refresh`, `destroy`, … */
  readonly kind: string;
  /** `succeeded`, `failed` or `in-progress`. */
  readonly result: string;
  /** Commit of the working tree in which it ran. Default: it ran in none. */
  readonly commit?: string;
}

type Named = Pick<FleetPart, "part" | "stack">;

export interface OrderArgs {
  readonly environment: string;
  readonly action: FleetAction;
  /** The part that is run alone. */
  readonly only: string;
  /** All parts, the base among them. */
  readonly parts: readonly Named[];
  /** The newest run of a stack; `undefined` where it was never run, or does not exist. */
  readonly lastRun: (stack: string) => Promise<LastRun | undefined>;
  /** How many resources a stack has. */
  readonly held: (stack: string) => Promise<number>;
  /** Commit of the working tree. Default: it is none of git. */
  readonly commit?: string;
}

/**
 * One part by its name.
 *
 * @throws ExpectedError where the environment has no such part.
 */
export function partNamed<P extends Named>(environment: string, parts: readonly P[], only: string): P {
  const found = parts.find(({ part }) => part === only);
  if (found !== undefined) return found;
  const names = parts.map(({ part }) => part);
  throw new ExpectedError(
    `Nothing was changed: --part is "${clippedName(only)}", and environment ${environment} has no such part; ${thereAre(only, names)}\n` +
      `    fix: npx secrets fleet plan ${environment}`,
  );
}

/**
 * Holds the order of parts that are run one by one, as by the jobs of a matrix: a part is deployed after the base has been,
 * from the same commit, and the base is destroyed after all others. A preview has no order.
 *
 * @throws ExpectedError where it is not this part's turn: what has to run before, and why.
 */
export async function checkTurn(args: OrderArgs): Promise<void> {
  const { environment, action, only, parts } = args;
  if (action === "up" && only !== basePart) {
    const base = partNamed(environment, parts, basePart);
    const problem = problemOfBase(await args.lastRun(base.stack), args.commit);
    if (problem === undefined) return;
    throw new ExpectedError(
      `Nothing was changed: part ${only} of ${environment} is deployed after the base, and ${problem}\n` +
        `    fix: npx secrets fleet up ${environment} --part ${basePart}`,
    );
  }
  if (action === "destroy" && only === basePart) {
    const others = parts.filter(({ part }) => part !== basePart);
    const left = (
      await Promise.all(others.map(async (each) => ((await args.held(each.stack)) > 0 ? [each] : [])))
    ).flat();
    const [first] = left;
    if (first === undefined) return;
    throw new ExpectedError(
      `Nothing was changed: the base of ${environment} is destroyed last, and there are resources of ${left.map(({ part }) => part).join(", ")} left\n` +
        `    fix: npx secrets fleet destroy ${environment} --part ${first.part}`,
    );
  }
}

/** Why a part can't follow the base yet. Pure. */
function problemOfBase(last: LastRun | undefined, commit: string | undefined): string | undefined {
  if (last === undefined) return "the base has never been deployed";
  if (last.kind === "destroy") return "the base was destroyed last";
  if (last.result !== "succeeded") return `the last run of the base is "${last.result}"`;
  if (last.commit === undefined || commit === undefined || last.commit === commit) return undefined;
  return (
    `the base was last deployed from commit ${short(last.commit)}, and this is ${short(commit)}. ` +
    "Where that commit is the newer one, this run is out of date"
  );
}

function short(commit: string): string {
  return commit.slice(0, 10);
}
