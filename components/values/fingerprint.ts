import type { CharacterClass, GeneratedRecipe, PasswordRecipe } from "./recipe.ts";
import { unreachable } from "../support/errors.ts";

/**
 * A rule is the canonical text of a generated recipe. It is kept in the state beside the value that was made by it, so
 * that a changed rule can be told: the value stays, and the program says so.
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

/** Canonical text of a recipe: equal recipes give equal texts. */
export function ruleOf(recipe: GeneratedRecipe): string {
  switch (recipe.kind) {
    case "password":
      return JSON.stringify({
        kind: recipe.kind,
        length: recipe.length,
        classes: [...recipe.classes].sort(),
        symbols: [...new Set(recipe.symbols)].sort().join(""),
      });
    case "hex":
    case "base64":
      return JSON.stringify({ kind: recipe.kind, bytes: recipe.bytes });
    case "uuid":
      return JSON.stringify({ kind: recipe.kind });
    default:
      return unreachable(recipe);
  }
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
