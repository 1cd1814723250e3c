import type { Entropy } from "../entropy.ts";
import type { RandomKind } from "./contract.ts";

/** Character classes a password may draw from; `symbols` lists its characters, since databases and URLs differ. */
export type CharacterClass = "lower" | "upper" | "digits" | "symbols";

export interface PasswordRecipe {
  readonly kind: "password";
  /** Characters. */
  readonly length: number;
  /** Each class appears at least once. */
  readonly classes: readonly CharacterClass[];
  /** Characters of the class `symbols`. */
  readonly symbols: string;
  /** Whether it only names somebody, and another value protects: then no minimum of strength applies. Default: no. */
  readonly identifies?: true;
}

/** A password. Default: 32 characters of lower case, upper case and digits (190 bits), safe in URLs and shells. */
export function password(options: Partial<Omit<PasswordRecipe, "kind">> = {}): PasswordRecipe {
  const symbols = options.symbols ?? "";
  return {
    kind: "password",
    length: options.length ?? 32,
    classes: options.classes ?? ["lower", "upper", "digits", ...(symbols === "" ? [] : (["symbols"] as const))],
    symbols,
    ...(options.identifies === undefined ? {} : { identifies: options.identifies }),
  };
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
  problem: (recipe) => {
    const { length, classes } = recipe;
    if (!Number.isInteger(length) || length < classes.length || length > 1024) {
      return {
        problem: `length must be a whole number from ${Math.max(1, classes.length)} to 1024, received ${length}`,
      };
    }
    if (!classAlphabets(recipe).includes("")) return undefined;
    return { problem: "asks for the class symbols and allows none", fix: 'name them, such as symbols: "-_."' };
  },
  mayBeWeak: ({ identifies }) => identifies === true,
};

/** Draws whole passwords until one holds every class, so each allowed password is equally likely. */
function draw(recipe: PasswordRecipe, entropy: Entropy): string {
  const classes = classAlphabets(recipe);
  const alphabet = [...new Set(classes.join(""))];
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
