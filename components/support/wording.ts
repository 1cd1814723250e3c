/**
 * Words that messages have in common: how a name is shown that somebody wrote, which of the known ones was meant, and what
 * was received. Nothing here shows a text that may be a value.
 */

/** Most characters of a name that a message shows. */
const mostShown = 80;
/** Most names that a message lists. */
const mostListed = 10;

/** A name as it may be printed: on one line, without characters that a terminal or a workflow would act on. */
export function shownName(name: string): string {
  const cut = name.length > mostShown ? `${name.slice(0, mostShown)}… (${name.length} characters)` : name;
  return cut.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (found) => codePoint(found));
}

/** What was received, without saying it: a text may be a secret that was put in the wrong place. */
export function received(value: unknown): string {
  if (value === undefined || value === null) return "received nothing";
  if (typeof value === "number") return Number.isNaN(value) ? "received no number at all" : `received ${value}`;
  if (typeof value === "boolean") return `received ${value}`;
  if (typeof value === "string") return `received a text of ${value.length} character${value.length === 1 ? "" : "s"}`;
  if (typeof value === "function") return "received a function";
  return Array.isArray(value) ? "received a list" : "received an object";
}

/** A text where a name is expected, in quotation marks where it can be one: anything else may be a value. */
export function shownIfName(text: string): string {
  return /^[-\w./]{1,130}$/.test(text) ? `"${text}"` : `what is no name (${received(text)})`;
}

/** Names in order, the first ten of them where there are many. */
export function listed(names: Iterable<string>): string {
  const all = [...names].sort();
  if (all.length === 0) return "none";
  const shown = all.slice(0, mostListed).map(shownName).join(", ");
  return all.length > mostListed ? `${shown} and ${all.length - mostListed} more` : shown;
}

/** The fix for a name that is nearly one of the known ones; nothing where none is near. */
export function didYouMean(name: string, known: Iterable<string>): { readonly fix?: string } {
  const meant = nearest(name, known);
  return meant === undefined ? {} : { fix: `did you mean "${shownName(meant)}"?` };
}

/** The known name that differs least, by few enough letters to have been meant. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  // Of two letters one changed leaves nothing that could tell.
  const most = name.length < 3 ? 0 : Math.min(3, Math.floor(name.length / 3));
  const lower = name.toLowerCase();
  let found: { readonly name: string; readonly distance: number } | undefined;
  if (name.length > mostShown) return undefined;
  for (const each of known) {
    if (Math.abs(each.length - name.length) > most || each === name) continue;
    const distance = editDistance(lower, each.toLowerCase());
    if (distance <= most && (found === undefined || distance < found.distance)) found = { name: each, distance };
  }
  return found?.name;
}

/** Letters to add, drop, change or swap with their neighbour until one text is the other (optimal string alignment). */
function editDistance(one: string, other: string): number {
  let before: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const changed = one[row - 1] === other[column - 1] ? 0 : 1;
      const steps = [(above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + changed];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) steps.push((before[column - 2] ?? 0) + 1);
      line.push(Math.min(...steps));
    }
    [before, above] = [above, line];
  }
  return above[other.length] ?? 0;
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
