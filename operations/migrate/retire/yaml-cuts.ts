import { isAlias, isCollection, isMap, isSeq, type Node } from "yaml";
import { isDeepStrictEqual } from "node:util";
import { cutOut, lineEnd, lineStart, type Cut } from "./text-cuts.ts";
import { below, gone, prunedData, type YamlCutOptions } from "./yaml-pruning.ts";
import { spanOfItem, spanOfPair, type Span } from "./yaml-spans.ts";
import { childrenOf, dataOf, yamlText, type YamlPath, type YamlRemoval, type YamlText } from "./yaml-text.ts";

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
  yaml: YamlText,
  removals: readonly YamlRemoval[],
  options: YamlCutOptions,
): YamlEdit | undefined {
  const { documents, text } = yaml;
  const cuts: Cut[] = [];
  const left: unknown[] = [];
  for (const [index, document] of documents.entries()) {
    const paths = removals.filter((each) => each.document === index).map(({ path }) => path);
    const data = dataOf(yaml, index);
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
    now = parsed.documents.map((_, index) => dataOf(parsed, index));
  } catch {
    return undefined;
  }
  if (!isDeepStrictEqual(read(now), read(left))) return undefined;
  return { cuts, text: after, isEmpty: read(now).length === 0 };
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

function trimmedEnd(text: string, end: number): number {
  return text.slice(0, end).trimEnd().length;
}
