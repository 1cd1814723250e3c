import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  visit,
  type Alias,
  type Document,
  type Node,
} from "yaml";
import { yamlPlace, yamlProblem } from "../../components/support/messages/yaml-problems.ts";
import { plainScalar, taggedScalar, UnreadableError, type Scalar } from "./scalars.ts";

/** What a file holds, as the engine has it after reading: keys are texts, in order. */
export type Value = Scalar | readonly Value[] | ReadonlyMap<string, Value>;

/** Something that keeps a file from being read: `line 3, column 5: …`. Never holds a part of the file. */
export interface Unreadable {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
}

export type ReadDocument =
  | { readonly value: Value; readonly oddKeys: ReadonlySet<ReadonlyMap<string, Value>> }
  | { readonly unreadable: readonly Unreadable[] };

/**
 * Reads the first document of a YAML file as the engine does, which knows more of YAML 1.1 than of 1.2: a library takes
 * the file apart, and the rules of gopkg.in/yaml.v3 (`decode.go`) say what its parts mean.
 */
export function readDocument(bytes: Uint8Array): ReadDocument {
  const text = decoded(bytes);
  if (text === undefined) return refused(1, 1, "is no text in UTF-8");
  const lines = new LineCounter();
  const illegal = /[^\t\n\r\x20-\x7e\xa0-\u{fefe}\uff00-\ufffd\u{10000}-\u{10ffff}]|[\u2028\u2029]/u.exec(text);
  if (illegal !== null) {
    const before = text.slice(0, illegal.index).split("\n");
    const code = (illegal[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return refused(before.length, (before.at(-1)?.length ?? 0) + 1, `holds the character U+${code}; remove it`);
  }
  if (openBrackets(text) > most.depth) return refused(1, 1, "has too many brackets that are not closed");
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: "failsafe",
    uniqueKeys: false,
  }) as readonly Document.Parsed[];
  const [document] = documents;
  if (document === undefined) return { value: null, oddKeys: new Set() };
  const errors = documents.flatMap((each) => each.errors);
  if (errors.length > 0) {
    const found = errors.map((error) => ({ ...yamlPlace(lines, error.pos[0]), problem: yamlProblem(error) }));
    return { unreadable: firstOfEachLine(found) };
  }
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== "1.1") {
    return refused(
      1,
      1,
      "asks for a version of YAML that the engine does not know; remove the line that begins with %YAML",
    );
  }
  const reader = new Reader(document, lines);
  const value = reader.read(document.contents);
  return reader.unreadable.length > 0 ? { unreadable: reader.unreadable } : { value, oddKeys: reader.oddKeys };
}

/** UTF-8, or UTF-16 where a byte order mark says so. */
function decoded(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function refused(line: number, column: number, problem: string): ReadDocument {
  return { unreadable: [{ line, column, problem }] };
}

/** Most brackets that are open at once. With hundreds of them the library takes minutes. */
function openBrackets(text: string): number {
  let [open, deepest] = [0, 0];
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = Math.max(0, open + (/[[{]/.test(bracket) ? 1 : -1));
    deepest = Math.max(deepest, open);
  }
  return deepest;
}

/** The others of a line follow from its first. */
function firstOfEachLine(found: readonly Unreadable[]): readonly Unreadable[] {
  return found.filter(({ line }, index) => found.findIndex((each) => each.line === line) === index);
}

/** Most values that aliases may make out of few: as yaml.v3, against files that grow without end. */
const most = { values: 400_000, depth: 200 } as const;

class Reader {
  readonly unreadable: Unreadable[] = [];
  /** Maps with a key that is no text: the engine takes those of a configuration for something else. */
  readonly oddKeys = new Set<ReadonlyMap<string, Value>>();
  private readonly within = new Set<unknown>();
  private readonly targets: ReadonlyMap<Alias, Node | undefined>;
  private values = 0;
  private readonly lines: LineCounter;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.lines = lines;
    this.targets = targetsOf(document);
  }

  read(node: unknown): Value {
    this.values += 1;
    if (this.values > most.values) {
      // Once is enough: what follows is as large.
      return this.values === most.values + 1
        ? this.refuse(node, "holds too many values, most of them by aliases (*name)")
        : null;
    }
    if (this.within.size > most.depth) return this.refuse(node, "is nested too deeply");
    if (isAlias(node)) {
      const target = this.targetOf(node);
      if (target === undefined) return this.refuse(node, yamlProblem({ code: "BAD_ALIAS" }));
      if (this.within.has(target)) return this.refuse(node, `stands for a value that holds it`);
      return this.read(target);
    }
    if (isScalar(node)) return this.scalar(node);
    if (!isMap(node) && !isSeq(node)) return null;
    this.within.add(node);
    const value = isMap(node) ? this.map(node) : node.items.map((item) => this.read(item));
    this.within.delete(node);
    return value;
  }

  private targetOf(alias: Alias): Node | undefined {
    return this.targets.get(alias);
  }

  private scalar(node: NodeLike): Scalar {
    const text = textOf(node);
    const tag = shortTag(node.tag);
    const isPlain = node.type === "PLAIN" || node.type === undefined;
    try {
      const value = tag !== undefined ? taggedScalar(tag, text) : isPlain ? plainScalar(node.source ?? text) : text;
      if (typeof value !== "number" || Number.isFinite(value)) return value;
      throw new UnreadableError("is no number that a configuration can hold");
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      return this.refuse(node, error.message);
    }
  }

  private map(node: { readonly items: readonly { readonly key: unknown; readonly value: unknown }[] }): Value {
    const own = new Map<string, Value>();
    const merged: unknown[] = [];
    const written = new Set<string>();
    let odd = false;
    for (const { key, value } of node.items) {
      const text = this.keyText(key);
      if (text === undefined) {
        this.refuse(key, "has a list or a map for a key");
        continue;
      }
      // yaml.v3 compares what is written, so `1` and "1" are one key.
      if (written.has(text)) this.refuse(key, "has a key for the second time");
      written.add(text);
      if (isMergeKey(key)) {
        merged.push(value);
        continue;
      }
      const read = this.read(key);
      if (typeof read !== "string") odd = true;
      own.set(keyOf(read), this.read(value));
    }
    for (const each of merged) this.merge(own, each);
    if (odd) this.oddKeys.add(own);
    return own;
  }

  /** Keys of the map itself come first, then those of each map in turn. */
  private merge(into: Map<string, Value>, node: unknown): void {
    const target = isAlias(node) ? this.targetOf(node) : node;
    const parts: readonly unknown[] = isSeq(target) && !isAlias(node) ? target.items : [node];
    for (const part of parts) {
      const map = this.read(part);
      if (!isReadMap(map)) {
        this.refuse(part, "merges (<<) something that is no map");
        continue;
      }
      for (const [key, value] of map) if (!into.has(key)) into.set(key, value);
    }
  }

  private keyText(node: unknown): string | undefined {
    if (isAlias(node)) return isScalar(this.targetOf(node)) ? `*${node.source}` : undefined;
    if (node === null) return "";
    return isScalar(node) ? textOf(node) : undefined;
  }

  private refuse(node: unknown, problem: string): null {
    const [offset = 0] = (node as { readonly range?: readonly number[] } | null)?.range ?? [];
    if (this.unreadable.length < 100) this.unreadable.push({ ...yamlPlace(this.lines, offset), problem });
    return null;
  }
}

/** What each alias stands for: the last value before it that has the anchor. The library looks for it anew each time. */
function targetsOf(document: Document.Parsed): ReadonlyMap<Alias, Node | undefined> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node | undefined>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) targets.set(node, anchors.get(node.source));
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

interface NodeLike {
  readonly value: unknown;
  readonly source?: string | undefined;
  readonly type?: string | undefined;
  readonly tag?: string | undefined;
}

function isReadMap(value: Value): value is ReadonlyMap<string, Value> {
  return value instanceof Map;
}

/** Without a schema every value is a text, or nothing. */
function textOf({ source, value }: Pick<NodeLike, "source" | "value">): string {
  return source ?? (typeof value === "string" ? value : "");
}

function shortTag(tag: string | undefined): string | undefined {
  if (tag === undefined || tag === "!") return undefined;
  return tag.replace(/^tag:yaml\.org,2002:/, "!!");
}

/** In quotation marks too: the engine writes what it has read without them, and reads it again. */
function isMergeKey(key: unknown): boolean {
  return isScalar(key) && textOf(key) === "<<";
}

/** Go's text of a key (`%v`). */
function keyOf(key: Value): string {
  return typeof key === "object" ? "<nil>" : String(key);
}
