import type { Issue } from "../../support/messages/errors.ts";
import { received } from "../../support/messages/received.ts";
import type { Entropy } from "../entropy.ts";
import { givenOptions } from "../given-options.ts";
import type { RandomKind } from "./contract.ts";
import { effWords } from "./eff-words.ts";

/** A row of random words, for a secret that people type or read out. */
export interface PassphraseRecipe {
  readonly kind: "passphrase";
  /** Words: 1 to 100. */
  readonly words: number;
  /** What stands between two words: printable ASCII, at most 8 characters, or nothing. */
  readonly separator: string;
}

/** Random words of the EFF's long list, 12.9 bits each. Default: 10 words (129 bits), joined by hyphens. */
export function passphrase(options: Partial<Omit<PassphraseRecipe, "kind">> = {}): PassphraseRecipe {
  const { words = 10, separator = "-", ...others } = givenOptions(options);
  return { kind: "passphrase", words, separator, ...others };
}

export const mostWords = 100;
const mostCharacters = 8;

const lengths = effWords.map(({ length }) => length);
const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
const letters = [...new Set(effWords.join(""))].sort().join("");

export const passphraseKind: RandomKind<PassphraseRecipe> = {
  fingerprint: ({ kind, words, separator }) => JSON.stringify({ kind, words, separator }),
  generate: ({ words, separator }, entropy) => draw(words, entropy).join(separator),
  // No word begins another, so that two rows of words never make the same text, with whatever separator.
  strength: ({ words }) => Math.floor(words * Math.log2(effWords.length)),
  maximumLength: ({ words, separator }) => words * longest + (words - 1) * separator.length,
  minimumLength: ({ words, separator }) => words * shortest + (words - 1) * separator.length,
  characters: ({ separator }) => [...new Set(`${letters}${separator}`)].join(""),
  problem: (recipe) => wordsProblem(recipe) ?? separatorProblem(recipe),
  stronger: "take more words",
};

function wordsProblem({ words }: PassphraseRecipe): Omit<Issue, "path"> | undefined {
  if (Number.isInteger(words) && words >= 1 && words <= mostWords) return undefined;
  return { problem: `words must be a whole number from 1 to ${mostWords}, ${received(words)}` };
}

function separatorProblem({ separator }: PassphraseRecipe): Omit<Issue, "path"> | undefined {
  if (/^[ -~]*$/.test(separator) && separator.length <= mostCharacters) return undefined;
  const problem = `separator must be printable ASCII of at most ${mostCharacters} characters, ${received(separator)}`;
  return { problem, fix: 'such as separator: "-"' };
}

/** Words, each as likely as any other: numbers of 16 bits that would favour some are thrown away. */
function draw(count: number, entropy: Entropy): readonly string[] {
  const fair = 65_536 - (65_536 % effWords.length);
  const words: string[] = [];
  while (words.length < count) {
    const number = entropy(2).readUInt16BE();
    if (number < fair) words.push(effWords[number % effWords.length] ?? "");
  }
  return words;
}
