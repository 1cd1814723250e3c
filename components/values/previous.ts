import type { Output } from "@pulumi/pulumi";
import { own } from "../support/own.ts";
import { epochIn, epochName, isEarlier, isEpochOf } from "./frozen.ts";
import type { SecretSpec } from "./secret-spec.ts";

/** A resource of the state, as far as a kept value is read from it. */
export interface KeptResource {
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly outputs: Output<Readonly<Record<string, unknown>>>;
}

/** What the state keeps of values, by logical name. An object in a store may have the name of one: that of a key called as its store. */
export function stashesIn<T extends Pick<KeptResource, "type" | "name">>(state: readonly T[]): ReadonlyMap<string, T> {
  const stashes = state.filter(({ type }) => type === "pulumi:index:Stash");
  return new Map(stashes.map((each) => [each.name, each]));
}

/** Logical names of the values that the state keeps. */
export function keptNames(state: readonly Pick<KeptResource, "type" | "name">[]): ReadonlySet<string> {
  return new Set(stashesIn(state).keys());
}

/**
 * Names of what the state keeps of a key from other epochs than the current one, the oldest first: an epoch is a date, and
 * the first one has none.
 */
export function otherEpochs(
  spec: Pick<SecretSpec, "id" | "epoch">,
  key: string,
  names: Iterable<string>,
): readonly string[] {
  return [...names].filter((name) => isEpochOf(spec, key, name) && name !== epochName(spec, key)).sort();
}

/**
 * What the state has of a key from before the last rotation, marked secret; `undefined` where it has nothing. Of a key that
 * holds a previous value (`previousOf`): what was kept under it at that rotation, or the value that its original then had.
 */
export function previousValue(
  state: readonly KeptResource[],
  spec: SecretSpec,
  key: string,
): Output<string> | undefined {
  const stashes = stashesIn(state);
  const recipe = own(spec.keys, key);
  if (recipe?.kind !== "previous") return valueBefore(stashes, spec, key);
  const kept = stashes.get(epochName(spec, key));
  if (kept !== undefined) return valueIn(kept);
  // What a rotation that is rolled back made was never in use.
  return valueBefore(stashes, spec, recipe.of, (epoch) => isEarlier(epoch, spec.epoch));
}

/**
 * Values of a key that the state keeps from other epochs, the oldest first, marked secret. The one before a finished rotation is
 * gone with it; of an unfinished one, any of them may be in use.
 */
export function otherValues(state: readonly KeptResource[], spec: SecretSpec, key: string): readonly Output<string>[] {
  const stashes = stashesIn(state);
  return otherEpochs(spec, key, stashes.keys()).flatMap((name) => {
    const found = stashes.get(name);
    return found === undefined ? [] : [valueIn(found)];
  });
}

/** The value of a key in the newest other epoch. */
function valueBefore(
  stashes: ReadonlyMap<string, KeptResource>,
  spec: SecretSpec,
  key: string,
  isMeant: (epoch: string) => boolean = () => true,
): Output<string> | undefined {
  const name = otherEpochs(spec, key, stashes.keys())
    .filter((each) => isMeant(epochIn(each)))
    .at(-1);
  const found = name === undefined ? undefined : stashes.get(name);
  return found === undefined ? undefined : valueIn(found);
}

/** The value that a kept resource has, marked secret. */
export function valueIn({ name, outputs }: KeptResource): Output<string> {
  return outputs.apply(({ output }) => {
    const { value } = (output ?? {}) as { readonly value?: unknown };
    if (typeof value === "string") return value;
    throw new Error(`the state keeps no value in ${name}`);
  });
}
