import { charactersOf, closest, listed as firstOf, passesAsName, printableLine } from "./names.ts";

/**
 * Words that messages on the catalogue have in common: how a name is shown that somebody wrote, which of the known ones was
 * meant, and what was received. Nothing here shows a text that may be a value.
 */

/** Most characters of a name that a message shows. */
const mostShown = 80;
/** Most names that one is compared with. */
const mostCompared = 500;

/** A name as it may be printed: on one line, without characters that a terminal or a workflow would act on. */
export function shownName(name: string): string {
  const { length } = name;
  return printableLine(length > mostShown ? `${name.slice(0, mostShown)}… (${length} characters)` : name);
}

/** What was received, without saying it: a text may be a secret that was put in the wrong place. */
export function received(value: unknown): string {
  if (value === undefined || value === null) return "received nothing";
  if (typeof value === "number") return Number.isNaN(value) ? "received no number at all" : `received ${value}`;
  if (typeof value === "boolean") return `received ${value}`;
  if (typeof value === "string") return `received a text of ${charactersOf(value)}`;
  if (typeof value === "function") return "received a function";
  return Array.isArray(value) ? "received a list" : "received an object";
}

/** A text where a name is expected, in quotation marks where it passes as one: anything else may be a value. */
export function shownIfName(text: string): string {
  return text !== "" && passesAsName(text) ? `"${text}"` : `(${charactersOf(text)}, not shown)`;
}

/** Names in order, the first ones where there are many. */
export function listed(names: Iterable<string>): string {
  return firstOf([...names].sort().map(shownName));
}

/** The fix for a name that is nearly one of the known ones; nothing where none is near. */
export function didYouMean(name: string, known: Iterable<string>): { readonly fix?: string } {
  const meant = nearest(name, known);
  return meant === undefined ? {} : { fix: `did you mean "${shownName(meant)}"?` };
}

/** The known name that was probably meant. Not looked for among so many that it would take longer than people wait. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const all = [...known];
  return all.length > mostCompared ? undefined : closest(name, all);
}

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

/** A character in words: `"!"`, `a space`, `U+043E`. */
function characterName(character: string): string {
  if (character === " ") return "a space";
  return /^[!-~]$/.test(character) ? `"${character}"` : codePoint(character);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
