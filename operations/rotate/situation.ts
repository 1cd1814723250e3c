import { RequestError, ExpectedError } from "../../components/support/messages/errors.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import { stackWith } from "../fleet/parts-reader.ts";
import { chosen, type Choice, type LeftOut } from "./choice.ts";
import type { PlannedRotation } from "./model.ts";
import { lastEpoch, nextEpoch } from "./next-epoch.ts";
import { withoutRunningOverlaps } from "./overlaps.ts";
import { standingOf } from "./standing.ts";
import { stepsOf } from "./steps.ts";
import { step, type RotationTools } from "./tools.ts";

/** What a call finds: the description, and how far each rotation has come. */
export interface Situation {
  readonly environment: Environment;
  /** What the state keeps of values; absent where it was not asked, or did not answer. */
  readonly kept?: ReadonlySet<string>;
  readonly secrets: readonly SecretSpec[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly string[];
  /** Epochs that earlier calls have moved and not seen to their end. */
  readonly moved: ReadonlyMap<string, string>;
}

interface LookArgs {
  readonly choice: Choice;
  readonly mode: "plan" | "move" | "run";
  readonly leaked: boolean;
}

export async function lookAt(
  tools: RotationTools,
  environment: Environment,
  { choice, mode, leaked }: LookArgs,
): Promise<Omit<Situation, "moved">> {
  const found = chosen(environment, choice);
  if (mode === "move")
    return { environment, notes: [], ...withoutRunningOverlaps({ environment, choice, leaked }, found) };
  step(tools, "reading the state");
  const answer = await tools.state();
  if ("refused" in answer) {
    const problem = `the state of stack ${tools.stack} can't be read: ${answer.refused}`;
    if (mode === "plan") return { environment, ...found, notes: [`${problem}; what is unfinished is not known`] };
    throw new ExpectedError(
      `Nothing was changed: ${problem}\n    fix: log in to its backend (pulumi login), or move the epochs alone: --config-only`,
    );
  }
  const { kept } = answer.value;
  const { secrets, leftOut } = withoutRunningOverlaps({ environment, choice, leaked, kept }, found);
  const absent = secrets.filter((spec) => standingOf(spec, kept) === "absent");
  const reason = "was never deployed: there is no value to rotate";
  const fixOf = (id: string) => upCommand(environment, id, tools.stack);
  if (choice.kind === "named" && absent.length > 0) {
    throw new RequestError(
      `A rotation in environment ${environment.name}`,
      absent.map(({ id }) => ({ path: id, problem: reason, fix: fixOf(id) })),
    );
  }
  return {
    environment,
    kept,
    secrets: secrets.filter((each) => !absent.includes(each)),
    leftOut: [...leftOut, ...absent.map(({ id }) => ({ id, reason, fix: fixOf(id) }))],
    notes: [],
  };
}

/** The command that runs the stack which has a secret. */
export function upCommand(environment: Environment, id: string, stack: string): string {
  return `pulumi up --stack ${stackWith(environment, [id], stack)}`;
}

export function plannedOf(
  { environment, kept, moved }: Situation,
  spec: SecretSpec,
  now: Date,
): Omit<PlannedRotation, "asked" | "rounds"> {
  const before = kept === undefined ? undefined : standingOf(spec, kept);
  const goesOn = before === "begun" || before === "moved" || (before === "done" && moved.get(spec.id) === spec.epoch);
  return {
    id: spec.id,
    from: spec.epoch,
    to: goesOn ? spec.epoch : nextEpoch(lastEpoch(spec), now),
    ...(before === undefined ? {} : { before }),
    steps: stepsOf(environment, spec),
  };
}
