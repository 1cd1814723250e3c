import { RequestError } from "../../components/support/messages/errors.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import { epochBackCommand, isRolledBack } from "../../components/values/rotations.ts";
import type { Choice } from "./choice.ts";
import { upCommand, type Situation } from "./situation.ts";
import { standingOf } from "./standing.ts";
import type { RotationTools } from "./tools.ts";

/** What facts roll back would go back in the run of a rotation. */
export function refuseRolledBack({ stack }: RotationTools, { environment, kept = new Set() }: Situation): void {
  const back = environment.secrets.filter((spec) => isRolledBack(spec, kept));
  if (back.length === 0) return;
  throw new RequestError(
    `A rotation in environment ${environment.name}`,
    back.map(({ id, rolledBack = "" }) => ({
      path: id,
      problem: `its rotation at ${rolledBack} is being rolled back (rollBack), which is not finished`,
      fix: `${upCommand(environment, id, stack)}; then run the same command again`,
    })),
  );
}

/** What is left out and has its new epoch already would be rotated by the run all the same. */
export function refuseMoved(
  { stack }: RotationTools,
  { environment, kept = new Set() }: Situation,
  { others, choice }: { readonly others: readonly SecretSpec[]; readonly choice: Choice },
): void {
  const moved = others.filter(
    (spec) => choice.except?.includes(spec.id) === true && standingOf(spec, kept) === "moved",
  );
  if (moved.length === 0) return;
  throw new RequestError(
    `A rotation in environment ${environment.name}`,
    moved.map((spec) => ({
      path: spec.id,
      problem: `is left out by --except, and has epoch ${spec.epoch} in Pulumi.${stack}.yaml, which the run would carry out`,
      fix: `${epochBackCommand(spec, kept)} --stack ${stack}; then run the same command again`,
    })),
  );
}
