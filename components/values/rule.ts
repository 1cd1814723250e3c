import type { CharacterClass, GeneratedRecipe, PasswordRecipe } from "./recipe.ts";
import { unreachable } from "../support/errors.ts";

/**
 * A rule is the canonical text of a generated recipe. It is kept in the state beside the random seed, frozen: the
 * value is derived from seed and rule, so it can only change when a rotation makes a new pair.
 */

const alphabets: Readonly<Record<Exclude<CharacterClass, "symbols">, string>> = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  digits: "0123456789",
};

/** The characters of each class that a password recipe asks for. */
export function alphabetsOf(recipe: PasswordRecipe): readonly string[] {
  return recipe.classes.map((name) => (name === "symbols" ? recipe.symbols : alphabets[name]));
}

/** Canonical text of a recipe: equal recipes give equal texts. `v` is the version of the derivation. */
export function ruleOf(recipe: GeneratedRecipe): string {
  switch (recipe.kind) {
    case "password":
      return JSON.stringify({
        v: 1,
        kind: recipe.kind,
        length: recipe.length,
        classes: [...recipe.classes].sort(),
        symbols: [...new Set(recipe.symbols)].sort().join(""),
      });
    case "hex":
    case "base64":
      return JSON.stringify({ v: 1, kind: recipe.kind, bytes: recipe.bytes });
    case "uuid":
      return JSON.stringify({ v: 1, kind: recipe.kind });
    default:
      return unreachable(recipe);
  }
}

/** The recipe that a rule was made of. Only ever reads texts that `ruleOf` wrote. */
export function recipeOfRule(rule: string): GeneratedRecipe {
  const { v, ...recipe } = JSON.parse(rule) as { v: number } & GeneratedRecipe;
  if (v !== 1) throw new Error(`rule version ${v} is newer than this program: use the program that wrote the state`);
  return recipe;
}

/** Strength in bits, for the environment's minimum. A random UUID has 122. */
export function bitsOf(recipe: GeneratedRecipe): number {
  switch (recipe.kind) {
    case "password": {
      const characters = new Set(alphabetsOf(recipe).join("")).size;
      return characters < 2 ? 0 : Math.floor(recipe.length * Math.log2(characters));
    }
    case "hex":
    case "base64":
      return recipe.bytes * 8;
    case "uuid":
      return 122;
    default:
      return unreachable(recipe);
  }
}

/** Longest value in characters, for the limits of bcrypt and of stores. */
export function lengthOf(recipe: GeneratedRecipe): number {
  switch (recipe.kind) {
    case "password":
      return recipe.length;
    case "hex":
      return recipe.bytes * 2;
    case "base64":
      return Math.ceil(recipe.bytes / 3) * 4;
    case "uuid":
      return 36;
    default:
      return unreachable(recipe);
  }
}
