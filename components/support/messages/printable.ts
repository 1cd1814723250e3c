/**
 * How a text that people wrote is printed: without anything that a terminal or a workflow acts on, cut where it is long,
 * and in quotation marks only where it is a name. Pure.
 */

/** Most characters of a name that a message shows. */
const mostShown = 80;

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

/** A name on one line, the first 80 characters of a longer one. For names that can't be values, such as keys. */
export function clippedName(name: string): string {
  const { length } = name;
  return printableLine(length > mostShown ? `${name.slice(0, mostShown)}… (${length} characters)` : name);
}

/**
 * A text that was read where a name is expected, in quotation marks where it passes as one: `"vault"`. Anything else may
 * be a secret, of which only the length is told: `(12 characters, not shown)`.
 */
export function quotedName(text: string): string {
  return passesAsName(text) ? `"${text}"` : `(${charactersOf(text)}, not shown)`;
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

/** `1 character`, `64 characters`. */
export function charactersOf(text: string): string {
  const { length } = [...text];
  return length === 1 ? "1 character" : `${length} characters`;
}
