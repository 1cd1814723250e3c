import { RequestError } from "../../components/support/messages/errors.ts";
import { epochName } from "../../components/values/frozen.ts";
import { initialEpoch, type SecretSpec } from "../../components/values/secret-spec.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import type { Choice, Chosen, LeftOut } from "./choice.ts";
import { standingOf } from "./standing.ts";

interface OverlapArgs {
  readonly choice: Choice;
  readonly leaked: boolean;
  readonly environment: Environment;
  /** What the state keeps of values. Default: it was not asked. */
  readonly kept?: ReadonlySet<string>;
}

/**
 * Without the secrets whose value from before the last rotation is valid still: another rotation would end that. After a leak it
 * is to end.
 *
 * @throws RequestError where such a secret is named.
 */
export function withoutRunningOverlaps(
  { environment, choice, leaked, kept }: OverlapArgs,
  { secrets, leftOut }: Chosen,
): Chosen {
  if (leaked) return { secrets, leftOut };
  const running = secrets.flatMap((spec): readonly LeftOut[] => {
    const reason = runningOverlap(spec, kept);
    if (reason === undefined) return [];
    return [{ id: spec.id, reason, fix: `rotate it after that day; after a leak: --leaked` }];
  });
  if (choice.kind === "named" && running.length > 0) {
    throw new RequestError(
      `A rotation in environment ${environment.name}`,
      running.map(({ id, reason, fix }) => ({ path: id, problem: reason, fix })),
    );
  }
  const held = new Set(running.map(({ id }) => id));
  return { secrets: secrets.filter(({ id }) => !held.has(id)), leftOut: [...leftOut, ...running] };
}

/** Why a rotation would end the time in which a previous value is valid. One that has not come to its end goes on. */
function runningOverlap(spec: SecretSpec, kept: ReadonlySet<string> | undefined): string | undefined {
  if (spec.epoch === initialEpoch || (kept !== undefined && standingOf(spec, kept) !== "done")) return undefined;
  const [held] = Object.entries(spec.overlaps ?? {}).filter(
    ([key, { isOver }]) => !isOver && (kept?.has(epochName(spec, key)) ?? true),
  );
  if (held === undefined) return undefined;
  const [key, { until }] = held;
  return `has the value from before ${spec.epoch} in ${key} until ${until}, which another rotation would end`;
}
