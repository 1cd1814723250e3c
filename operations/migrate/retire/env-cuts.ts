import { envEntryLines } from "../sources/env-file.ts";
import type { ObsoletePart } from "./model.ts";
import type { Cut } from "./text-cuts.ts";

export interface EnvCut {
  readonly cut: Cut;
  readonly part: Pick<ObsoletePart, "first" | "last" | "shown">;
}

/** The entries of a `.env` file that have the name of the one in a line, each with all of its lines. Pure. */
export function envEntryCuts(text: string, line: number): readonly EnvCut[] {
  return envEntryLines(text, line).map(({ name, first, last }) => lineCut(text, { name, first, last }));
}

/** One line of a file that Kustomize reads as `NAME=value`. Pure. */
export function envLineCut(text: string, line: number): EnvCut {
  const name = /^\s*(?<name>[^=]*)=/.exec(text.split("\n")[line - 1] ?? "")?.groups?.["name"] ?? "";
  return lineCut(text, { name, first: line, last: line });
}

function lineCut(
  text: string,
  { name, first, last }: { readonly name: string; readonly first: number; readonly last: number },
): EnvCut {
  const lines = text.split("\n");
  const offset = (count: number) =>
    Math.min(
      text.length,
      lines.slice(0, count).reduce((sum, each) => sum + each.length + 1, 0),
    );
  const shown = [`${name}=…${last === first ? "" : ` (${last - first + 1} lines)`}`];
  return { cut: { start: offset(first - 1), end: offset(last) }, part: { first, last, shown } };
}
