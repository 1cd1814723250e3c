import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, parseDocument, type Document, type Node, type Pair, type YAMLMap } from "yaml";
import { isRecord } from "../../components/support/is-record.ts";

export interface EpochEdit {
  /** Text of `Pulumi.<stack>.yaml`. */
  readonly text: string;
  /** Name of the project, which a key of the configuration may begin with. */
  readonly project: string;
  /** Epochs by `<app>/<secret>`. */
  readonly epochs: ReadonlyMap<string, string>;
  /** Rotations whose previous values are retired, by `<app>/<secret>`. Default: none. */
  readonly retired?: ReadonlyMap<string, string>;
}

/**
 * The text of a stack's file with other epochs, and otherwise byte for byte as it was: comments, order, quotation marks.
 * Where the epochs stand in braces (`rotations: { … }`), the library writes the file anew, and keeps comments. Pure.
 *
 * @throws NotEditable where the file has no form in which they can be set.
 */
export function withEpochs({ text, project, epochs, retired = new Map() }: EpochEdit): string {
  const moved = [...epochs].reduce(
    (before, [id, epoch]) => withEpoch(before, { project, fact: "rotations", id, epoch }),
    text,
  );
  return [...retired].reduce(
    (before, [id, epoch]) => withEpoch(before, { project, fact: "retirePrevious", id, epoch }),
    moved,
  );
}

/** A file that people have to edit themselves. */
export class NotEditable extends Error {
  override readonly name = "NotEditable";
}

interface One {
  readonly project: string;
  /** Fact that has epochs by secret. */
  readonly fact: "rotations" | "retirePrevious";
  readonly id: string;
  readonly epoch: string;
}

type BlockMap = YAMLMap<Node, Node | null>;

function withEpoch(text: string, one: One): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0) throw new NotEditable("is no YAML");
  const wanted = expected(document, one);
  const attempts = [() => inPlace(text, document, one), () => anew(document, one)];
  for (const attempt of attempts) {
    const after = attempt();
    if (after !== undefined && isDeepStrictEqual(parsed(after), wanted)) return after;
  }
  throw new NotEditable("has a form in which no epoch can be set");
}

function parsed(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length > 0 ? undefined : document.toJS();
}

/** What the file must hold afterwards. */
function expected(document: Document.Parsed, { project, fact, id, epoch }: One): unknown {
  const all = mapIn(document.toJS());
  const config = mapIn(all["config"]);
  const key = keyOf(config, { project, fact });
  const rotations = mapIn(config[key]);
  return { ...all, config: { ...config, [key]: { ...rotations, [id]: epoch } } };
}

function mapIn(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (isRecord(value)) return value;
  throw new NotEditable("has a form in which no epoch can be set");
}

/** The engine takes a key without a namespace for one of the project. */
function keyOf(config: Readonly<Record<string, unknown>>, { project, fact }: Pick<One, "project" | "fact">): string {
  return Object.hasOwn(config, fact) ? fact : `${project}:${fact}`;
}

/** The smallest change of the text; `undefined` where the file is not written in lines of its own for each key. */
function inPlace(text: string, document: Document.Parsed, { project, fact, id, epoch }: One): string | undefined {
  const config = blockMap(document.get("config", true));
  if (config === undefined) return undefined;
  const line = `${plain(id)}: "${epoch}"`;
  const names = Object.fromEntries(config.items.map((each) => [nameOf(each), true]));
  const key = keyOf(names, { project, fact });
  const found = config.items.find((each) => nameOf(each) === key);
  if (found === undefined) return lineAfter(text, config, (indent) => [`${plain(key)}:`, `${indent}  ${line}`]);
  const rotations = blockMap(found.value);
  if (rotations === undefined) return undefined;
  const value = rotations.items.find((each) => nameOf(each) === id)?.value;
  if (value === undefined) return lineAfter(text, rotations, () => [line]);
  const [start, end] = value?.range ?? [0, 0];
  return start === end ? undefined : `${text.slice(0, start)}"${epoch}"${text.slice(end)}`;
}

function blockMap(node: unknown): BlockMap | undefined {
  return isMap<Node, Node | null>(node) && node.flow !== true && node.items.length > 0 ? node : undefined;
}

function nameOf({ key }: Pair<Node, Node | null>): string {
  return isScalar(key) ? String(key.value) : "";
}

/** Lines behind the last entry of a map, as far in as its entries are. */
function lineAfter(text: string, map: BlockMap, lines: (indent: string) => readonly string[]): string | undefined {
  const first = map.items[0]?.key.range?.[0];
  const last = map.items.at(-1);
  const end = (last?.value ?? last?.key)?.range?.[1];
  if (first === undefined || end === undefined) return undefined;
  const indent = text.slice(text.lastIndexOf("\n", first - 1) + 1, first);
  if (indent.trim() !== "") return undefined;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  // A comment behind the entry stays in its line.
  const content = text.slice(0, end).trimEnd().length;
  const found = text.slice(content).search(/\r?\n/);
  const at = found < 0 ? text.length : content + found;
  const added = lines(indent).map((line, index) => (index === 0 ? `${indent}${line}` : line));
  return `${text.slice(0, at)}${newline}${added.join(newline)}${text.slice(at)}`;
}

/** A key as YAML: in quotation marks where it might be taken for something else. */
function plain(key: string): string {
  return /^[A-Za-z_][\w./:-]*$/.test(key) && !key.endsWith(":") ? key : JSON.stringify(key);
}

function anew(document: Document.Parsed, { project, fact, id, epoch }: One): string | undefined {
  if (document.contents !== null && !isMap(document.contents)) return undefined;
  const config = document.get("config", true);
  if (config === undefined || (isScalar(config) && config.value === null))
    document.set("config", document.createNode({}));
  const names = Object.fromEntries(
    isMap<Node, Node | null>(config) ? config.items.map((each) => [nameOf(each), true]) : [],
  );
  const key = keyOf(names, { project, fact });
  const rotations = document.getIn(["config", key], true);
  if (!isMap(rotations)) document.setIn(["config", key], document.createNode({}));
  const value = document.createNode(epoch);
  // Unquoted, the engine would take it for a time.
  value.type = "QUOTE_DOUBLE";
  document.setIn(["config", key, id], value);
  return document.toString({ lineWidth: 0 });
}
