/** A part of a text that is replaced, by offsets: nothing is put there by default. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly by?: string;
}

/** A text without what is cut out of it; everything else stays byte for byte. Cuts may overlap. Pure. */
export function cutOut(text: string, cuts: readonly Cut[]): string {
  let result = "";
  let at = 0;
  for (const { start, end, by = "" } of [...cuts].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (end <= at) continue;
    result += text.slice(at, Math.max(start, at)) + by;
    at = end;
  }
  return result + text.slice(at);
}

/** Offset at which the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Offset behind the line break of the line in which a part of a text ends. */
export function lineEnd(text: string, end: number): number {
  // What ends with a line break ends in the line before.
  const last = text[end - 1] === "\n" ? end - 1 : end;
  const next = text.indexOf("\n", last);
  return next === -1 ? text.length : next + 1;
}

/** Lines by number, from 1 on, that two offsets enclose. */
export function linesBetween(text: string, { start, end }: Cut): { readonly first: number; readonly last: number } {
  const count = (until: number) => text.slice(0, until).split("\n").length;
  return { first: count(start), last: count(Math.max(start, text[end - 1] === "\n" ? end - 1 : end)) };
}
