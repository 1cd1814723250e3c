import type { Issue } from "../../support/messages/errors.ts";
import { received } from "../../support/messages/received.ts";
import { firstIllegal } from "../../support/messages/text-rules.ts";
import type { Entropy } from "../entropy.ts";
import type { RandomKind } from "./contract.ts";

/** Character classes a password may draw from; `symbols` lists its characters, since databases and URLs differ. */
export const characterClasses = ["lower", "upper", "digits", "symbols"] as const;
export type CharacterClass = (typeof characterClasses)[number];

/** Most characters of a password. */
export const mostCharacters = 1024;

export interface PasswordRecipe {
  readonly kind: "password";
  /** Characters: at least one of each class, at most 1,024. */
  readonly length: number;
  /** Each class appears at least once. */
  readonly classes: readonly CharacterClass[];
  /** Characters of the class `symbols`: punctuation of ASCII and the space. */
  readonly symbols: string;
  /** Whether it only names somebody, and another value protects: then no minimum of strength applies. Default: no. */
  readonly identifies?: true;
}

/** A password. Default: 32 lowercase letters, uppercase letters and digits (190 bits), safe in URLs and shells. */
export function password(options: Partial<Omit<PasswordRecipe, "kind">> = {}): PasswordRecipe {
  // Nothing type-checks a catalogue before an `up`: what is not known here is handed on, for the check to find.
  const given: Partial<PasswordRecipe> = isObject(options) ? options : { ["options" as never]: options };
  const { length = 32, symbols = "", classes = defaultClasses(symbols), ...others } = given;
  const rest = Object.entries(others).filter(([, value]) => value !== undefined);
  return { kind: "password", length, classes, symbols, ...Object.fromEntries(rest) };
}

function isObject(options: unknown): boolean {
  return typeof options === "object" && options !== null;
}

function defaultClasses(symbols: string): readonly CharacterClass[] {
  return ["lower", "upper", "digits", ...(symbols === "" ? [] : (["symbols"] as const))];
}

const alphabets: Readonly<Record<Exclude<CharacterClass, "symbols">, string>> = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  digits: "0123456789",
};

/** The characters of each class that a password recipe asks for. */
export function classAlphabets(recipe: PasswordRecipe): readonly string[] {
  return recipe.classes.map((name) => (name === "symbols" ? recipe.symbols : alphabets[name]));
}

export const passwordKind: RandomKind<PasswordRecipe> = {
  fingerprint: ({ kind, length, classes, symbols }) =>
    JSON.stringify({
      kind,
      length,
      classes: [...classes].sort(),
      symbols: [...new Set(symbols)].sort().join(""),
    }),
  generate: draw,
  strength: (recipe) => {
    const characters = new Set(classAlphabets(recipe).join("")).size;
    return characters < 2 ? 0 : Math.floor(recipe.length * Math.log2(characters));
  },
  maximumLength: ({ length }) => length,
  characters: (recipe) => classAlphabets(recipe).join(""),
  problem: (recipe) => classesProblem(recipe) ?? symbolsProblem(recipe) ?? lengthProblem(recipe),
  mayBeWeak: ({ identifies }) => identifies === true,
};

function classesProblem({ classes }: PasswordRecipe): Omit<Issue, "path"> | undefined {
  if (classes.length > 0) return undefined;
  return { problem: "classes is empty, and a password needs characters", fix: 'classes: ["lower", "upper", "digits"]' };
}

function symbolsProblem({ classes, symbols }: PasswordRecipe): Omit<Issue, "path"> | undefined {
  if (!classes.includes("symbols")) return undefined;
  if (symbols === "") {
    return { problem: "asks for the class symbols and allows none", fix: 'name them, such as symbols: "-_."' };
  }
  const illegal = firstIllegal(symbols, legalSymbol);
  if (illegal === undefined) return undefined;
  return {
    problem: `symbols must be punctuation of ASCII, such as -_.!, or a space; ${illegal}`,
    fix: "letters and digits are classes of their own: lower, upper, digits",
  };
}

function lengthProblem({ length, classes }: PasswordRecipe): Omit<Issue, "path"> | undefined {
  const least = new Set(classes).size;
  if (Number.isInteger(length) && length >= least && length <= mostCharacters) return undefined;
  const range = `from ${least} (one of each class) to ${mostCharacters}`;
  return { problem: `length must be a whole number ${range}, ${received(length)}` };
}

/** What is left of printable ASCII without letters and digits. */
const legalSymbol = /^[ -/:-@[-`{-~]$/;

/**
 * Draws whole passwords until one holds every class, so each allowed password is equally likely. The least likely rule,
 * four characters of four classes with one symbol, takes a hundred draws on average.
 *
 * @throws for a rule that `problem` refuses, instead of drawing for ever.
 */
function draw(recipe: PasswordRecipe, entropy: Entropy): string {
  const classes = classAlphabets(recipe);
  const alphabet = [...new Set(classes.join(""))];
  if (passwordKind.problem(recipe) !== undefined)
    throw new Error("no password has this rule, which parsing should have found");
  for (;;) {
    const drawn = uniform(recipe.length, alphabet.length, entropy)
      .map((index) => alphabet[index])
      .join("");
    if (classes.every((characters) => [...drawn].some((character) => characters.includes(character)))) return drawn;
  }
}

/** Uniform numbers below `bound` (≤ 256); bytes that would favour small numbers are thrown away. */
function uniform(count: number, bound: number, entropy: Entropy): readonly number[] {
  const fair = 256 - (256 % bound);
  const numbers: number[] = [];
  while (numbers.length < count) {
    for (const byte of entropy(count - numbers.length)) if (byte < fair) numbers.push(byte % bound);
  }
  return numbers;
}
