import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { isDeepStrictEqual } from "node:util";
import { cutOut, lineEnd, lineStart, linesBetween, type Cut } from "./text-cuts.ts";

export type YamlPath = readonly (string | number)[];

/** Something in a file of YAML that goes: a document, or what is at a path in one. */
export interface YamlRemoval {
  readonly document: number;
  /** Empty: the whole document. */
  readonly path: YamlPath;
}

export interface YamlText {
  readonly documents: readonly Document.Parsed[];
  readonly lines: LineCounter;
  readonly text: string;
}

/** `undefined` where it can't be read: whoever reads it as a source says so. */
export function yamlText(text: string): YamlText | undefined {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, version: "1.1" });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined;
  return { documents: documents as readonly Document.Parsed[], lines, text };
}

/** What stands at a line and column, both from 1 on; `undefined` where nothing begins there. */
export function removalAt({ documents, lines }: YamlText, line: number, column: number): YamlRemoval | undefined {
  const offset = (lines.lineStarts[line - 1] ?? Number.NaN) + column - 1;
  for (const [index, { contents }] of documents.entries()) {
    const path = pathAt(contents, offset);
    if (path !== undefined) return { document: index, path };
  }
  return undefined;
}

/** Plain data of a document. */
export function dataOf({ documents }: YamlText, document: number): unknown {
  return documents[document]?.toJS({ maxAliasCount: mostAliases });
}

/** Whether a removal is, or is part of, another. */
export function isWithin(inner: YamlRemoval, outer: YamlRemoval): boolean {
  return inner.document === outer.document && outer.path.every((key, index) => inner.path[index] === key);
}

/** Line and column of what a removal names, both from 1 on. */
export function placeAt({ documents, lines }: YamlText, { document, path }: YamlRemoval) {
  const node = documents[document]?.getIn(path, true);
  const [offset] = (isNode(node) ? node.range : undefined) ?? [];
  if (offset === undefined) return {};
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

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

function spanOf({ documents, text }: YamlText, { document, path }: YamlRemoval): Cut {
  const found = documents[document];
  const [start = 0, end = 0] = found?.contents?.range ?? [];
  const key = path.at(-1);
  if (key === undefined) return { start, end };
  const parent = path.length === 1 ? found?.contents : found?.getIn(path.slice(0, -1), true);
  if (isSeq(parent)) return spanOfItem(parent.items[Number(key)] as Node | null, text);
  return isMap(parent) ? spanOfPair(parent.items.find((each) => keyText(each.key) === key)) : { start, end };
}

/** Most values that aliases may make out of few. */
const mostAliases = 10_000;

function pathAt(node: Node | null, offset: number): YamlPath | undefined {
  if (node?.range?.[0] === offset) return [];
  if (!isCollection(node)) return undefined;
  for (const [key, child] of childrenOf(node)) {
    const below = pathAt(child, offset);
    if (below !== undefined) return [key, ...below];
  }
  return undefined;
}

function childrenOf(node: YAMLMap | YAMLSeq): readonly (readonly [string | number, Node | null])[] {
  if (isSeq(node)) return node.items.map((item, index) => [index, item as Node | null]);
  return node.items.map(({ key, value }) => [keyText(key), value as Node | null]);
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : "";
}

export interface YamlCutOptions {
  /** What is left of a list whose last item goes: an empty list, which may mean something else than none, or nothing. */
  readonly emptyList: "stays" | "goes";
}

export interface YamlEdit {
  readonly cuts: readonly Cut[];
  /** The text afterwards. */
  readonly text: string;
  /** Whether a document is left. */
  readonly isEmpty: boolean;
}

/**
 * Takes parts out of a file of YAML, and leaves every other byte as it is. A map that becomes empty goes as well.
 * `undefined` where the rest would not read as it does now, such as where an anchor goes that is used elsewhere.
 */
export function cutYaml(
  { documents, text }: YamlText,
  removals: readonly YamlRemoval[],
  options: YamlCutOptions,
): YamlEdit | undefined {
  const cuts: Cut[] = [];
  const left: unknown[] = [];
  for (const [index, document] of documents.entries()) {
    const paths = removals.filter((each) => each.document === index).map(({ path }) => path);
    const data: unknown = document.toJS({ maxAliasCount: mostAliases });
    if (paths.length === 0) {
      left.push(data);
      continue;
    }
    const pruned = paths.some((path) => path.length === 0) ? gone : prunedData(data, paths, options);
    const [start = 0, contentEnd = 0, end = 0] = document.range;
    if (pruned === gone) {
      // The comment behind the first document belongs to the next one as well as not.
      cuts.push({ start, end: index === 0 ? lineEnd(text, contentEnd) : end });
      continue;
    }
    left.push(pruned);
    cuts.push(...cutsIn(document.contents, paths, text, options));
  }
  const after = cutOut(text, cuts);
  const parsed = yamlText(after);
  if (parsed === undefined) return undefined;
  const read = (values: readonly unknown[]) => values.filter((each) => each !== null && each !== undefined);
  let now: readonly unknown[];
  try {
    now = parsed.documents.map((each): unknown => each.toJS({ maxAliasCount: mostAliases }));
  } catch {
    return undefined;
  }
  if (!isDeepStrictEqual(read(now), read(left))) return undefined;
  return { cuts, text: after, isEmpty: read(now).length === 0 };
}

const gone = Symbol("gone");

/** Plain data without what is at the paths, by the rules by which the text is cut. */
function prunedData(data: unknown, paths: readonly YamlPath[], options: YamlCutOptions): unknown {
  if (paths.some((path) => path.length === 0)) return gone;
  const below = (key: string | number) => paths.filter(([first]) => first === key).map((path) => path.slice(1));
  if (Array.isArray(data)) {
    const items = data.map((item: unknown, index) => {
      const pruned = below(index).length === 0 ? item : prunedData(item, below(index), options);
      // An item that became empty keeps its place: others are counted from it.
      return pruned === gone && !below(index).some((path) => path.length === 0) ? {} : pruned;
    });
    const kept = items.filter((item) => item !== gone);
    return kept.length === 0 && options.emptyList === "goes" ? gone : kept;
  }
  const entries = Object.entries(data as Readonly<Record<string, unknown>>).flatMap(([key, value]) => {
    const pruned = below(key).length === 0 ? value : prunedData(value, below(key), options);
    return pruned === gone ? [] : [[key, pruned] as const];
  });
  return entries.length === 0 ? gone : Object.fromEntries(entries);
}

function isGone(node: unknown, paths: readonly YamlPath[], options: YamlCutOptions): boolean {
  if (paths.some((path) => path.length === 0)) return true;
  if (paths.length === 0 || isAlias(node) || !isCollection(node)) return false;
  const children = childrenOf(node);
  const all = children.every(([key, child]) => {
    const own = below(paths, key);
    return isSeq(node) ? own.some((path) => path.length === 0) : isGone(child, own, options);
  });
  return all && (isMap(node) || options.emptyList === "goes");
}

function below(paths: readonly YamlPath[], key: string | number): readonly YamlPath[] {
  return paths.filter(([first]) => first === key).map((path) => path.slice(1));
}

function cutsIn(node: Node | null, paths: readonly YamlPath[], text: string, options: YamlCutOptions): readonly Cut[] {
  if (paths.length === 0 || !isCollection(node)) return [];
  const collection = node;
  const children = childrenOf(collection).map(([key, child], index) => {
    const own = below(paths, key);
    const isItemEmptied = isSeq(collection) && isGone(child, own, options) && !own.some((path) => path.length === 0);
    return {
      child,
      own,
      isItemEmptied,
      isGone: !isItemEmptied && isGone(child, own, options),
      span: isSeq(collection) ? spanOfItem(child, text) : spanOfPair(collection.items[index]),
    };
  });
  const [from = 0, to = 0] = node.range ?? [];
  if (children.every((each) => each.isGone))
    return [{ start: from, end: trimmedEnd(text, to), by: isSeq(collection) ? "[]" : "{}" }];
  const cuts: Cut[] = [];
  for (const [index, each] of children.entries()) {
    if (each.isItemEmptied) {
      const [start = 0, end = 0] = each.child?.range ?? [];
      cuts.push({ start, end: trimmedEnd(text, end), by: "{}" });
    } else if (each.isGone) {
      cuts.push(cutOfChild(children, index, { text, isFlow: collection.flow === true }));
    } else cuts.push(...cutsIn(each.child, each.own, text, options));
  }
  return cuts;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Child {
  readonly isGone: boolean;
  readonly span: Span;
}

function cutOfChild(
  children: readonly Child[],
  index: number,
  { text, isFlow }: { readonly text: string; readonly isFlow: boolean },
): Cut {
  const { start, end } = children[index]?.span ?? { start: 0, end: 0 };
  const next = children.slice(index + 1).find((each) => !each.isGone);
  const begin = lineStart(text, start);
  if (!isFlow && text.slice(begin, start).trim() === "") return { start: begin, end: lineEnd(text, end) };
  // What shares its line with something before it: the next one takes its place, or the one before becomes the last.
  if (next !== undefined) return { start, end: next.span.start };
  const before = children.slice(0, index).findLast((each) => !each.isGone);
  return { start: before?.span.end ?? start, end };
}

function spanOfPair(pair: Pair | undefined): Span {
  const [start = 0, , keyEnd = 0] = (pair?.key as Node | undefined)?.range ?? [];
  const [, end = keyEnd] = (pair?.value as Node | null | undefined)?.range ?? [];
  return { start, end };
}

/** With its dash, where it has one. */
function spanOfItem(item: Node | null, text: string): Span {
  const [start = 0, end = 0] = item?.range ?? [];
  const dash = text.slice(0, start).search(/-\s+$/);
  return { start: dash === -1 ? start : dash, end };
}

function trimmedEnd(text: string, end: number): number {
  return text.slice(0, end).trimEnd().length;
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
