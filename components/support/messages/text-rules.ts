import { z } from "zod";
import { dnsLabel, slug } from "../naming.ts";
import { charactersOf } from "./printable.ts";

/** Rules of texts, and schemas for them. Messages say the rule and what is wrong with this text, and never quote it. */

export interface TextRule {
  readonly pattern: RegExp;
  /** The rule in words, behind `must be `: characters and length. */
  readonly rule: string;
  /** The characters of which it may be made; a text that has others is told of the first. */
  readonly characters?: RegExp;
  /** The characters that may be the first. Default: letters and digits. */
  readonly first?: RegExp;
  /** Most characters. */
  readonly most?: number;
}

/** A text that follows a rule. */
export function ruledText(rule: TextRule): z.ZodString {
  return z.string({ error: `must be ${rule.rule}` }).regex(rule.pattern, {
    error: ({ input }) => `must be ${rule.rule}${faultIn(String(input), rule)}`,
  });
}

/** `; it has 64 characters`: what is wrong with a text, as far as one can point at it without quoting it. */
export function faultIn(text: string, rule: Pick<TextRule, "characters" | "first" | "most">): string {
  const { characters, first = letterOrDigit, most } = rule;
  if (text === "") return "; it is empty";
  const illegal = characters === undefined ? undefined : firstIllegal(text, characters);
  if (illegal !== undefined) return `; ${illegal}`;
  const all = [...text];
  if (most !== undefined && all.length > most) return `; it has ${charactersOf(text)}`;
  const [begin = "", end = ""] = [all[0], all.at(-1)];
  if (!first.test(begin)) return `; it begins with ${characterName(begin)}`;
  return letterOrDigit.test(end) ? "" : `; it ends with ${characterName(end)}`;
}

const letterOrDigit = /[\p{L}\p{N}]/u;

/**
 * The first character of a text that is not among the legal ones, in words: `character 3 is U+043E`. `undefined` where
 * all are legal.
 *
 * @param legal matches one legal character.
 */
export function firstIllegal(text: string, legal: RegExp): string | undefined {
  const characters = [...text];
  const index = characters.findIndex((character) => !legal.test(character));
  return index === -1 ? undefined : `character ${index + 1} is ${characterName(characters[index] ?? "")}`;
}

/** A character by a name that can be read aloud: many look like one of ASCII, or like nothing. */
function characterName(character: string): string {
  if (character === " ") return "a space";
  if (/^[A-Z]$/.test(character)) return "an uppercase letter";
  if (/^[a-z]$/.test(character)) return "a lowercase letter";
  if (/^\d$/.test(character)) return "a digit";
  if (/^[\x21-\x7e]$/.test(character)) return `"${character}"`;
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A name that people choose: of an application, a secret, a store or a cluster. */
export const slugRule: TextRule = {
  pattern: slug,
  rule: 'up to 63 lowercase letters, digits or "-", beginning with a letter and ending with a letter or digit',
  characters: /^[a-z0-9-]$/,
  first: /^[a-z]$/,
  most: 63,
};

/** A Kubernetes namespace. */
export const dnsLabelRule: TextRule = {
  pattern: dnsLabel,
  rule: 'up to 63 lowercase letters, digits or "-", beginning and ending with a letter or digit',
  characters: /^[a-z0-9-]$/,
  most: 63,
};

export interface UrlRule {
  /** Without a colon. */
  readonly schemes: readonly string[];
}

/**
 * A URL that names one place and nothing else: no user name or password, which everybody could read here, no query, no
 * wildcard.
 */
export function ruledUrl({ schemes }: UrlRule) {
  const kind = schemes.includes("http") ? "an http(s) URL" : "an https URL";
  return z
    .string({ error: `must be ${kind}` })
    .check(({ value, issues }) => {
      const message = urlProblem(value, kind, schemes);
      if (message !== undefined) issues.push({ code: "custom", message, input: value });
    })
    .meta({ format: "uri" });
}

function urlProblem(text: string, kind: string, schemes: readonly string[]): string | undefined {
  const rule = `must be ${kind}, such as https://vault.example:8200`;
  if (text === "") return `${rule}; it is empty`;
  const illegal = firstIllegal(text, /^[\x21-\x7e]$/);
  if (illegal !== undefined) return `${rule}; ${illegal}`;
  const scheme = /^([A-Za-z][A-Za-z\d+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return `${rule}; it has no scheme (${schemes.map((each) => `${each}://`).join(" or ")})`;
  // Not its name: what stands before :// may be anything.
  if (!schemes.includes(scheme)) return `${rule}; it has another scheme than ${schemes.join(" or ")}`;
  const [authority = ""] = text.slice(scheme.length + 3).split(/[/?#\\]/);
  if (authority.includes("@")) {
    return `must have no user name or password before the host, which everybody can read here; give credentials a configuration key of their own`;
  }
  if (authority.includes("*")) return "must name one host, without a wildcard (*)";
  if (/[?#]/.test(text))
    return `must end before the first ${text.includes("?") ? '"?"' : '"#"'}: it takes no query and no fragment`;
  if (/[*\\{}<>"`|^]/.test(text)) return `${rule}: no wildcard, backslash, bracket or quotation mark`;
  if (authority === "" || authority.endsWith(":") || !URL.canParse(text))
    return `${rule}; it has no host, or a port that is none`;
  return undefined;
}
