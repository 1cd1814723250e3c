import { isMap, isScalar, isSeq, type Node } from "yaml";
import { lineStart, linesBetween } from "./text-cuts.ts";
import { spanOfItem, spanOfPair, type Span } from "./yaml-spans.ts";
import { keyText, type YamlRemoval, type YamlText } from "./yaml-text.ts";

/** The lines of what a removal names, and those lines with keys alone. */
export function linesOf(yaml: YamlText, removal: YamlRemoval) {
  const { text } = yaml;
  const { first, last } = linesBetween(text, spanOf(yaml, removal));
  const ends = keyEnds(yaml);
  const shown: string[] = [];
  for (const [index, line] of text
    .split("\n")
    .slice(first - 1, last)
    .entries()) {
    const end = ends.get(first + index);
    const hidden = /^\s*(?:- )?/.exec(line)?.[0] ?? "";
    const part = end === undefined ? "…" : line.slice(0, end);
    const isAll = end !== undefined && line.slice(end).trim() === "";
    const next = end === undefined ? `${hidden}…` : `${part}${isAll ? "" : " …"}`;
    // Lines of a value say nothing, however many there are.
    if (next.trim() !== "…" || shown.at(-1)?.trim() !== "…") shown.push(next);
  }
  return { first, last, shown };
}

function spanOf({ documents, text }: YamlText, { document, path }: YamlRemoval): Span {
  const found = documents[document];
  const [start = 0, end = 0] = found?.contents?.range ?? [];
  const key = path.at(-1);
  if (key === undefined) return { start, end };
  const parent = path.length === 1 ? found?.contents : found?.getIn(path.slice(0, -1), true);
  if (isSeq(parent)) return spanOfItem(parent.items[Number(key)] as Node | null, text);
  return isMap(parent) ? spanOfPair(parent.items.find((each) => keyText(each.key) === key)) : { start, end };
}

/** How much of each line is a key, with its colon: what of a line is no value. By the number of the line. */
function keyEnds({ documents, lines, text }: YamlText): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const visit = (node: unknown): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const [start, end] = (key as Node | undefined)?.range ?? [];
        if (start !== undefined && end !== undefined && isScalar(key)) {
          const { line } = lines.linePos(start);
          // Behind something else, that may be the end of a value.
          const isFirst = /^[\s{[?-]*$/.test(text.slice(lineStart(text, start), start));
          if (isFirst && !ends.has(line)) ends.set(line, (text[end] === ":" ? end + 1 : end) - lineStart(text, start));
        }
        visit(value);
      }
    } else if (isSeq(node)) node.items.forEach(visit);
  };
  documents.forEach(({ contents }) => visit(contents));
  return ends;
}
