import { unreachable } from "../support/messages/errors.ts";
import type { RandomRecipe, PasswordRecipe } from "../values/recipe.ts";

/** A generator of the operator, and the key under which it hands over what it made. */
export type Generator =
  | { readonly kind: "Password"; readonly spec: PasswordSpec; readonly output: "password" }
  | { readonly kind: "UUID"; readonly spec: Readonly<Record<string, never>>; readonly output: "uuid" };

/** `spec` of a Password generator, with every field that the operator would default. */
export interface PasswordSpec {
  /** Characters, before the encoding. */
  readonly length: number;
  /** How many of them are digits, and how many symbols: exactly. The others are letters. */
  readonly digits: number;
  readonly symbols: number;
  readonly symbolCharacters?: string;
  readonly noUpper: boolean;
  readonly allowRepeat: true;
  readonly encoding: "raw" | "hex" | "base64";
}

/** The operator's generator for a recipe. Pure. */
export function operatorGenerator(recipe: RandomRecipe): Generator {
  switch (recipe.kind) {
    case "password":
      return { kind: "Password", spec: passwordSpec(recipe), output: "password" };
    case "hex":
    case "base64":
      return { kind: "Password", spec: encodedSpec(recipe.bytes, recipe.kind), output: "password" };
    case "passphrase":
    case "ssh-key-pair":
    case "key-pair":
      throw new Error(`no generator makes a ${recipe.kind}, which parsing should have found`);
    case "uuid":
      return { kind: "UUID", spec: {}, output: "uuid" };
    default:
      return unreachable(recipe);
  }
}

/** Letters of a value that must have lowercase and uppercase ones: all alike with 20 of them is once in half a million. */
export const enoughLetters = 20;

/** Why the operator can't generate a value for this recipe; `undefined` if it can. Pure. */
export function generatorProblem(recipe: RandomRecipe): string | undefined {
  if (recipe.kind === "ssh-key-pair" || recipe.kind === "key-pair") {
    return "is a key pair, and the admission policies allow generators of passwords and UUIDs only";
  }
  if (recipe.kind === "passphrase") return "is a passphrase, and no generator of the operator makes words";
  if (recipe.kind !== "password") return undefined;
  const { classes, length } = recipe;
  const { digits, symbols } = passwordSpec(recipe);
  if (!classes.includes("upper")) return undefined;
  if (!classes.includes("lower"))
    return "has uppercase letters and no lowercase ones, which no generator of the operator supports";
  const letters = length - digits - symbols;
  if (letters >= enoughLetters) return undefined;
  return `would have ${letters} letters; at least ${enoughLetters} are needed to include both lowercase and uppercase ones, since the operator guarantees only digits and symbols`;
}

/** Strength of what the operator makes, in bits: less than of all texts alike, since it fixes how many digits there are. */
export function generatorBits(recipe: RandomRecipe): number {
  const { kind, spec } = operatorGenerator(recipe);
  if (kind === "UUID") return 122;
  const { length, digits, symbols, symbolCharacters = "", noUpper } = spec;
  const letters = length - digits - symbols;
  const orders = logFactorial(length) - logFactorial(digits) - logFactorial(symbols) - logFactorial(letters);
  const choices =
    digits * Math.log2(10) + symbols * Math.log2(symbolCharacters.length || 1) + letters * Math.log2(noUpper ? 26 : 52);
  return Math.floor(orders + choices);
}

/** A quarter digits and an eighth symbols, at least one of each; without letters, all that are no symbols are digits. */
function passwordSpec({ length, classes, symbols: characters }: PasswordRecipe): PasswordSpec {
  const has = (name: PasswordRecipe["classes"][number]): boolean => classes.includes(name);
  const lettered = has("lower") || has("upper");
  const others = has("digits") || lettered;
  const symbols = !has("symbols") ? 0 : others ? share(length, 8) : length;
  const digits = !has("digits") ? 0 : lettered ? share(length, 4) : length - symbols;
  return {
    length,
    digits,
    symbols,
    ...(symbols === 0 ? {} : { symbolCharacters: [...new Set(characters)].join("") }),
    noUpper: !has("upper"),
    allowRepeat: true,
    encoding: "raw",
  };
}

/** As many random letters and digits as the recipe has bytes: of the same length once encoded, of less strength. */
function encodedSpec(bytes: number, encoding: "hex" | "base64"): PasswordSpec {
  return { length: bytes, digits: share(bytes, 4), symbols: 0, noUpper: false, allowRepeat: true, encoding };
}

function share(length: number, part: number): number {
  return Math.max(1, Math.floor(length / part));
}

/** Base 2. */
function logFactorial(n: number): number {
  return Array.from({ length: n }, (_, index) => Math.log2(index + 1)).reduce((sum, each) => sum + each, 0);
}
