import { randomInt } from "node:crypto";

/** The rule of a password: hashicorp/terraform-provider-random, internal/random/string.go (StringParams). */
export interface CharacterRule {
  readonly length: number;
  readonly lower: boolean;
  readonly upper: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  readonly minLower: number;
  readonly minUpper: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  readonly overrideSpecial: string;
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** The characters that a rule draws from once its minimums are met. */
export function alphabetOf(rule: CharacterRule): string {
  const special = rule.overrideSpecial === "" ? SPECIAL : rule.overrideSpecial;
  return [
    rule.upper ? UPPER : "",
    rule.lower ? LOWER : "",
    rule.numeric ? DIGITS : "",
    rule.special ? special : "",
  ].join("");
}

/** How many characters the minimums alone ask for. A minimum counts even where its class is switched off, as officially. */
export function minimumLength(rule: CharacterRule): number {
  return rule.minLower + rule.minUpper + rule.minNumeric + rule.minSpecial;
}

/** A password by a rule: the minimums first, the rest from the whole alphabet, then shuffled. */
export function draw(rule: CharacterRule): string {
  const special = rule.overrideSpecial === "" ? SPECIAL : rule.overrideSpecial;
  const characters = [
    ...pick(DIGITS, rule.minNumeric),
    ...pick(LOWER, rule.minLower),
    ...pick(UPPER, rule.minUpper),
    ...pick(special, rule.minSpecial),
    ...pick(alphabetOf(rule), rule.length - minimumLength(rule)),
  ];
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? "", characters[last] ?? ""];
  }
  return characters.join("");
}

function pick(alphabet: string, count: number): string[] {
  return Array.from({ length: count }, () => alphabet.charAt(randomInt(alphabet.length)));
}
