import { unreachable } from "../support/errors.ts";
import type { GeneratedRecipe, PasswordRecipe } from "./recipe.ts";
import { alphabetsOf } from "./fingerprint.ts";

/** Source of random bytes: `crypto.randomBytes`, handed down from the edge so that tests can know what it gives. */
export type Entropy = (count: number) => Buffer;

/** Makes a value by its recipe. */
export function generate(recipe: GeneratedRecipe, entropy: Entropy): string {
  switch (recipe.kind) {
    case "password":
      return passwordFrom(recipe, entropy);
    case "hex":
      return entropy(recipe.bytes).toString("hex");
    case "base64":
      return entropy(recipe.bytes).toString("base64");
    case "uuid":
      return uuidFrom(entropy(16));
    default:
      return unreachable(recipe);
  }
}

/** Draws whole passwords until one holds every class, so each allowed password is equally likely. */
function passwordFrom(recipe: PasswordRecipe, entropy: Entropy): string {
  const classes = alphabetsOf(recipe);
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

function uuidFrom(random: Buffer): string {
  const bytes = Buffer.from(random);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6); // version 4
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8); // variant of RFC 9562
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
