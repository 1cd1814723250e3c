import { clippedName } from "./printable.ts";

/** What whoever wrote an unknown name may have meant, and what they may choose from. Pure. */

/** Most names of a list that a message shows. */
const mostListed = 20;
/** Most names that one is compared with: with more it would take longer than people wait. */
const mostCompared = 500;

/** Names in alphabetical order, the first ones of many: `a, b, c and 12 more`; `none`. */
export function listed(names: Iterable<string>): string {
  const all = [...names].sort();
  if (all.length === 0) return "none";
  const shown = all.slice(0, mostListed).map(clippedName).join(", ");
  return all.length <= mostListed ? shown : `${shown} and ${all.length - mostListed} more`;
}

/** What there is to choose from, as the end of a problem: `there are a, b`, with the one that was probably meant first. */
export function thereAre(name: string, known: Iterable<string>): string {
  const all = [...known];
  const meant = closest(name, all);
  const verb = all.length === 1 ? "is" : "are";
  return `${meant === undefined ? "" : `did you mean ${clippedName(meant)}? `}there ${verb} ${listed(all)}`;
}

/** The fix for a name that is nearly one of the known ones; nothing where none is. */
export function didYouMean(name: string, known: Iterable<string>): { readonly fix?: string } {
  const meant = closest(name, known);
  return meant === undefined ? {} : { fix: `did you mean "${clippedName(meant)}"?` };
}

/**
 * The known name that differs from a text by a typing error or two. Nothing where none does, where several do alike, and
 * where more than 500 are known.
 */
export function closest(text: string, known: Iterable<string>): string | undefined {
  const all = [...known];
  if (all.length > mostCompared) return undefined;
  const wanted = simplified(text.slice(0, 80));
  // What is short has few letters that could be wrong.
  const most = wanted.length < 3 ? 0 : Math.max(1, Math.min(3, Math.floor(wanted.length / 3)));
  let best: { readonly names: readonly string[]; readonly steps: number } = { names: [], steps: most };
  for (const name of all) {
    if (name === text || Math.abs(name.length - text.length) > 8) continue;
    const steps = distance(wanted, simplified(name));
    if (steps < best.steps) best = { names: [name], steps };
    else if (steps === best.steps) best = { names: [...best.names, name], steps };
  }
  return best.names.length === 1 ? best.names[0] : undefined;
}

/** A text without what people mean no difference by: case, accents, dashes and the like. */
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
