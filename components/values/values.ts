import { all, output, secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { sortedByKey } from "../support/canonical-json.ts";
import { unreachable } from "../support/messages/errors.ts";
import { own } from "../support/own.ts";
import { bcryptHash, makeSalt, saltOf } from "./bcrypt.ts";
import { frozen } from "./frozen.ts";
import type { Entropy } from "./entropy.ts";
import type { BcryptRecipe, Recipe, TemplateRecipe } from "./recipe.ts";
import { fingerprint, generate, isRandom, type RandomRecipe } from "./recipes/index.ts";
import type { SecretSpec } from "./secret-spec.ts";
import { factsNamed, fillTemplate, withFacts } from "./template.ts";

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
  /** Options of every resource made here; `parent` among them. */
  readonly options: CustomResourceOptions;
}

/** Makes the values of one secret. Resources: one `Stash` for each key that is generated or hashed. */
export function makeValues(args: ValuesArgs): SecretValues {
  const direct = all(
    Object.fromEntries(
      Object.entries(args.spec.keys).flatMap(([key, recipe]) => {
        const value = directValue(args, key, recipe);
        return value === undefined ? [] : [[key, value] as const];
      }),
    ),
  );
  const made = all(
    Object.fromEntries(
      Object.entries(args.spec.keys).flatMap(([key, recipe]) =>
        isMade(recipe) ? [[key, madeValue(args, key, recipe, direct)] as const] : [],
      ),
    ),
  );
  return secret(all([direct, made]).apply(([first, second]) => sortedByKey({ ...first, ...second })));
}

/** Keys whose value stands by itself. */
function directValue(args: ValuesArgs, key: string, recipe: Recipe): Output<string> | undefined {
  if (isRandom(recipe)) return generatedValue(args, key, recipe);
  switch (recipe.kind) {
    case "literal":
      return output(recipe.value);
    case "provided":
      return args.provided(recipe.config);
    case "rotated-at":
      return output(args.spec.rotatedAt);
    case "bcrypt":
    case "template":
      return undefined;
    default:
      return unreachable(recipe);
  }
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

type MadeRecipe = BcryptRecipe | TemplateRecipe;

function isMade(recipe: Recipe): recipe is MadeRecipe {
  return recipe.kind === "bcrypt" || recipe.kind === "template";
}

/** Keys that are made of other keys. */
function madeValue(
  { spec, entropy, adopted, facts, options }: ValuesArgs,
  key: string,
  recipe: MadeRecipe,
  direct: SecretValues,
): Output<string> {
  if (recipe.kind === "template") {
    const what = `${spec.id} ${key}`;
    if (factsNamed(recipe.text).length === 0) return direct.apply((values) => filled(what, recipe.text, values));
    if (facts === undefined) throw new Error(`${what} names a fact, and no facts were handed over`);
    return all([direct, facts]).apply(([values, known]) => filled(what, withFacts(recipe.text, known), values));
  }
  const make = () => makeSalt(entropy);
  const start = () =>
    adopted === undefined ? make() : adopted.apply((found) => saltOf(own(found, key) ?? "") ?? make());
  const salt = frozen({ spec, key, fingerprint: "bcrypt-salt", make: start, options });
  return all([direct, salt]).apply(([values, text]) =>
    bcryptHash({ of: `${spec.id} ${recipe.of}`, value: own(values, recipe.of), salt: text }),
  );
}

function filled(what: string, text: string, values: Readonly<Record<string, string>>): string {
  const result = fillTemplate(text, values);
  if (result === undefined)
    throw new Error(`${what} names a key or a fact without a value, which parsing should have found`);
  return result;
}
