import { all, log, output, secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { canonicalJson, sortedByKey } from "../support/canonical-json.ts";
import { unreachable } from "../support/messages/errors.ts";
import { own } from "../support/own.ts";
import { nextName } from "./alternating.ts";
import { makeSalt } from "./bcrypt.ts";
import { derive, isDerived, namesFacts, saltsOf, withKnownFacts } from "./derived.ts";
import { frozen } from "./frozen.ts";
import type { Entropy } from "./entropy.ts";
import { providedBase64 } from "./bytes-in-base64.ts";
import {
  isBytes,
  type AlternatingRecipe,
  type DerivedRecipe,
  type PreviousRecipe,
  type ProvidedRecipe,
  type Recipe,
} from "./recipe.ts";
import { fingerprint, generate, isRandom, type RandomRecipe } from "./recipes/index.ts";
import type { SecretSpec } from "./secret-spec.ts";
import { whiteSpaceWarning } from "./white-space.ts";

/** Values of a secret by key, marked secret. */
export type SecretValues = Output<Readonly<Record<string, string>>>;

/** Values of facts by name, marked secret; unknown where nothing can be known of them before `up`. */
export type FactValues = Output<Readonly<Record<string, string>>>;

export interface ValuesArgs {
  readonly spec: SecretSpec;
  readonly entropy: Entropy;
  /** Value of a configuration key that the parser found to be set. */
  readonly provided: (config: string) => Output<string>;
  /** Values of the facts that templates still name, by name, marked secret. Default: templates name none. */
  readonly facts?: FactValues;
  /** What a store holds already, to start from instead of new values; absent when nothing is adopted. */
  readonly adopted: SecretValues | undefined;
  /** Value of a key in the epoch before, as far as the state has one. Default: it has none. */
  readonly previous?: (key: string) => Output<string> | undefined;
  /** Options of every resource made here; `parent` among them. */
  readonly options: CustomResourceOptions;
}

/** Makes the values of one secret. Resources: one `Stash` for each random value and each salt of a hash. */
export function makeValues(args: ValuesArgs): SecretValues {
  const keys = Object.entries(args.spec.keys);
  const current = new Map(
    keys.flatMap(([key, recipe]) => {
      const value = directValue(args, key, recipe);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
  const before = keys.flatMap(([key, recipe]) =>
    recipe.kind === "previous" ? [[key, valueBefore(args, key, recipe, current)] as const] : [],
  );
  const direct = all(Object.fromEntries([...current, ...before]));
  // Templates may name what is derived, such as hashes, and nothing else may name a template.
  const derived = derivedValues(args, direct, ({ kind }) => kind !== "template");
  const known = all([direct, derived]).apply(([first, second]) => ({ ...first, ...second }));
  const filled = derivedValues(args, known, ({ kind }) => kind === "template");
  return secret(all([known, filled]).apply(([first, second]) => sortedByKey({ ...first, ...second })));
}

/** Keys whose value stands by itself. */
function directValue(args: ValuesArgs, key: string, recipe: Recipe): Output<string> | undefined {
  if (isDerived(recipe) || recipe.kind === "previous") return undefined;
  if (isRandom(recipe)) return generatedValue(args, key, recipe);
  switch (recipe.kind) {
    case "literal":
      return output(recipe.value);
    case "alternating":
      return alternatingValue(args, key, recipe);
    case "provided":
      return looked(args, key, recipe);
    case "rotated-at":
      return output(args.spec.rotatedAt);
    default:
      return unreachable(recipe);
  }
}

/** A provided value as it is; where white space stands at an end, the run says so. */
function looked({ spec, provided }: ValuesArgs, key: string, recipe: ProvidedRecipe): Output<string> {
  const { config } = recipe;
  return provided(config).apply((value) => {
    if (isBytes(recipe)) return providedBase64({ id: spec.id, key, config, value });
    const warning = whiteSpaceWarning({ id: spec.id, key, config, value });
    if (warning !== undefined) void log.warn(warning);
    return value;
  });
}

/** Kept like a random value: which name it is follows from the epoch before, and that is gone once this one is complete. */
function alternatingValue(
  { spec, adopted, previous, options }: ValuesArgs,
  key: string,
  recipe: AlternatingRecipe,
): Output<string> {
  const make = (): Output<string> => {
    const before = previous?.(key);
    return before === undefined ? output(recipe.names[0]) : before.apply((name) => nextName(recipe, name));
  };
  const start = () =>
    adopted === undefined
      ? make()
      : adopted.apply((found) => {
          const held = own(found, key);
          return held === undefined ? make() : output(held);
        });
  return frozen({ spec, key, fingerprint: canonicalJson({ ...recipe }), make: start, options });
}

/**
 * The value of another key before the last rotation, as long as it is valid; else the current one. It is kept under a name of
 * its own, since the run that rotates removes what the epoch before had. Once the time is over it is registered no more, and so
 * leaves the state.
 */
function valueBefore(
  { spec, adopted, previous, options }: ValuesArgs,
  key: string,
  { of }: PreviousRecipe,
  values: ReadonlyMap<string, Output<string>>,
): Output<string> {
  const current = values.get(of);
  if (current === undefined) throw new Error(`${spec.id} ${key} names ${of}, which parsing should have found`);
  if (own(spec.overlaps ?? {}, key)?.isOver !== false) return current;
  const before = previous?.(key);
  if (before === undefined && adopted === undefined) return current;
  const held = adopted?.apply((found) => output(own(found, key) ?? current));
  return frozen({ spec, key, fingerprint: "previous", make: () => before ?? held ?? current, options });
}

function generatedValue(
  { spec, entropy, adopted, options }: ValuesArgs,
  key: string,
  recipe: RandomRecipe,
): Output<string> {
  const make = () => generate(recipe, entropy);
  const start = () => (adopted === undefined ? make() : adopted.apply((found) => own(found, key) ?? make()));
  return frozen({ spec, key, fingerprint: fingerprint(recipe), make: start, options });
}

/** Keys that are made of other keys. */
function derivedValues(
  args: ValuesArgs,
  values: SecretValues,
  isWanted: (recipe: DerivedRecipe) => boolean,
): SecretValues {
  const { id, keys } = args.spec;
  return all(
    Object.fromEntries(
      Object.entries(keys).flatMap(([key, recipe]) => {
        if (!isDerived(recipe) || !isWanted(recipe)) return [];
        const salts = frozenSalts(args, key, recipe);
        const value = all([values, salts, factsFor(args, key, recipe)]).apply(([known, made, facts]) =>
          derive({ id, key, recipe: withKnownFacts(recipe, facts) ?? recipe, values: known, salts: made }),
        );
        return [[key, value] as const];
      }),
    ),
  );
}

/** The facts that a value is made of. */
function factsFor({ spec, facts }: ValuesArgs, key: string, recipe: DerivedRecipe): FactValues {
  if (!namesFacts(recipe)) return output<Readonly<Record<string, string>>>({});
  if (facts === undefined) throw new Error(`${spec.id} ${key} names a fact, and no facts were handed over`);
  return facts;
}

/** The salts of a value, by name: those of the value that is adopted, as far as it has any. */
function frozenSalts({ spec, entropy, adopted, options }: ValuesArgs, key: string, recipe: DerivedRecipe) {
  return all(
    Object.fromEntries(
      saltsOf(key, recipe).map(({ name, heldIn }) => {
        const make = () => makeSalt(entropy);
        const start = () =>
          adopted === undefined ? make() : adopted.apply((found) => heldIn(own(found, key) ?? "") ?? make());
        return [name, frozen({ spec, key: name, fingerprint: "bcrypt-salt", make: start, options })] as const;
      }),
    ),
  );
}
