/**
 * How keys, ids and names that people wrote appear in messages: without anything that a terminal or a workflow acts on,
 * quoted where that is safe, and never in lists that nobody reads. Pure.
 */

/** Most names of a list that a message shows. */
const mostListed = 20;

/**
 * A text of several lines without control characters, invisible ones or ones that change the direction of a line: they
 * are written as `\u{202e}`. No line of it is a command of a workflow (`::error::`, `##[error]`).
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{C}\n]|[\u2028\u2029]/gu, escaped)
    .replaceAll(/^(\s*)(::|##\[)/gm, "$1\\$2");
}

/** The same for a text that stands within a line: its line breaks are written as `\n`. */
export function printableLine(text: string): string {
  return printable(text.replaceAll("\n", "\\n"));
}

function escaped(character: string): string {
  const short: Readonly<Record<string, string>> = { "\t": "\\t", "\r": "\\r" };
  return short[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * Whether a text is one that people call a thing by: short, simple characters, words or numbers. What a generator made
 * (`5f3c9a71d2e8`, `AKIAIOSFODNN7EXAMPLE`) is not, wherever it was put by mistake.
 */
export function passesAsName(text: string): boolean {
  return text.length <= 63 && text.split(/[-._/ ]/).every(isWord);
}

function isWord(text: string): boolean {
  if (text.length > 20) return false;
  return /^(?:\d{0,8}|\d{0,3}[a-z]+\d{0,4}|[a-z]{1,3}\d[a-z]{1,3}|[A-Z]?[a-z]+(?:[A-Z][a-z]{2,})*\d{0,3}|[A-Z]{1,8}\d{0,3})$/.test(
    text,
  );
}

/** A name that was read as a value, as the subject of a sentence: quoted where it passes as one. */
export function shownName(text: string): string {
  if (text === "") return "an empty name";
  return passesAsName(text) ? `"${text}"` : `a name of ${charactersOf(text)}, which is not shown,`;
}

/** `1 character`, `64 characters`. */
export function charactersOf(text: string): string {
  const { length } = [...text];
  return length === 1 ? "1 character" : `${length} characters`;
}

/** Names in their order, the first ones of many: `a, b, c and 12 more`; `none`. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return "none";
  if (names.length <= mostListed) return names.join(", ");
  return `${names.slice(0, mostListed).join(", ")} and ${names.length - mostListed} more`;
}

/** What whoever wrote a name may choose from: `there are a, b`, with the one that was probably meant first. */
export function thereAre(name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  const verb = known.length === 1 ? "is" : "are";
  return `${meant === undefined ? "" : `did you mean ${meant}? `}there ${verb} ${listed(known)}`;
}

/** The known name that differs from a text by a typing error or two; nothing where none does, or several do alike. */
export function closest(text: string, known: readonly string[]): string | undefined {
  const wanted = simplified(text.slice(0, 80));
  // What is short has few letters that could be wrong.
  const most = wanted.length < 3 ? 0 : Math.max(1, Math.min(3, Math.floor(wanted.length / 3)));
  let best: { readonly names: readonly string[]; readonly steps: number } = { names: [], steps: most };
  for (const name of known) {
    if (name === text || Math.abs(name.length - text.length) > 8) continue;
    const steps = distance(wanted, simplified(name));
    if (steps < best.steps) best = { names: [name], steps };
    else if (steps === best.steps) best = { names: [...best.names, name], steps };
  }
  return best.names.length === 1 ? best.names[0] : undefined;
}

/** Capitals, dashes and the like are no difference that somebody meant. */
function simplified(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Letters to add, leave out, exchange or swap (optimal string alignment). */
function distance(from: string, to: string): number {
  let [before, row] = [[] as number[], Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[line - 1] === to[column - 1] ? 0 : 1;
      const swapped = line > 1 && column > 1 && from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      next[column] = Math.min(
        (row[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (row[column - 1] ?? 0) + same,
        swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, row] = [row, next];
  }
  return row[to.length] ?? 0;
}
