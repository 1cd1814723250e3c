import {
  isCollection,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";

/** Keys and indexes from the root of a document. */
export type YamlPath = readonly (string | number)[];

/** For `toJS`: most values that aliases may make out of few. */
const aliasLimit = { maxAliasCount: 10_000 };

/** Something in a file of YAML that goes: a document, or what is at a path in one. */
export interface YamlRemoval {
  readonly document: number;
  /** Empty: the whole document. */
  readonly path: YamlPath;
}

/** A file of YAML that can be read. */
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
  return documents[document]?.toJS(aliasLimit);
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

function pathAt(node: Node | null, offset: number): YamlPath | undefined {
  if (node?.range?.[0] === offset) return [];
  if (!isCollection(node)) return undefined;
  for (const [key, child] of childrenOf(node)) {
    const below = pathAt(child, offset);
    if (below !== undefined) return [key, ...below];
  }
  return undefined;
}

/** The children of a collection, by key or index. */
export function childrenOf(node: YAMLMap | YAMLSeq): readonly (readonly [string | number, Node | null])[] {
  if (isSeq(node)) return node.items.map((item, index) => [index, item as Node | null]);
  return node.items.map(({ key, value }) => [keyText(key), value as Node | null]);
}

export function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : "";
}
