import type { Issue } from "../../../../components/support/messages/errors.ts";
import { faultIn, slugRule } from "../../../../components/support/messages/text-rules.ts";
import type { CatalogueProbe } from "../../../environments/catalogue-spec.ts";
import { unknownKey } from "../recipes.ts";

interface ProbesOfSecret {
  /** Path of a part of the probes, for messages. */
  readonly path: (...rest: readonly PropertyKey[]) => string;
  readonly probes: readonly CatalogueProbe[];
  /** Names of the secret's keys. */
  readonly names: ReadonlySet<string>;
  /** Whether all of its keys could be read. */
  readonly isWhole: boolean;
}

/** What is wrong with the probes of one secret: names that no probe can have, keys that there are none of. Pure. */
export function checkProbes({ path, probes, names, isWhole }: ProbesOfSecret): readonly Issue[] {
  return probes.flatMap(({ probe, username, password }, index) => [
    ...(slugRule.pattern.test(probe)
      ? []
      : [{ path: path(index, "probe"), problem: `must be ${slugRule.rule}${faultIn(probe, slugRule)}` }]),
    ...Object.entries({ username, password }).flatMap(([field, key]): readonly Issue[] =>
      key === undefined || names.has(key) || !isWhole ? [] : [{ path: path(index, field), ...unknownKey(key, names) }],
    ),
  ]);
}
