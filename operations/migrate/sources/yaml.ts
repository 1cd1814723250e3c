import { isNode, LineCounter, parseAllDocuments, type Document, type Tags } from "yaml";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { isRecord } from "../../../components/support/is-record.ts";
import { yamlPlace, yamlProblem } from "../../../components/support/messages/yaml-problems.ts";
import { valueAt } from "../../../components/support/value-at.ts";
import { issueAt, type Place } from "../model.ts";

type Path = readonly (string | number)[];

/** One document of a file. */
export interface YamlDocument {
  readonly data: unknown;
  /** Where the value at a path stands; the nearest that there is above it. */
  readonly placeOf: (path?: Path) => Place;
}

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly issues: readonly Issue[];
}

/** Most values that aliases may make out of few, as in yaml.v3: against files that grow without end. */
const mostAliases = 10_000;

/**
 * Reads YAML as kubectl, Helm and Kustomize do, by the rules of YAML 1.1 (`yes` is no text). Objects of a `List` count as
 * documents of their own. Pure; no message holds a part of the file.
 */
export function readYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  let parsed: readonly Document.Parsed[];
  try {
    parsed = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      version: "1.1",
      customTags: (tags) => tags.map(withoutSingleLetters),
    }) as readonly Document.Parsed[];
  } catch {
    return { documents: [], issues: [issueAt({ file }, "is nested too deeply to be read")] };
  }
  const errors = parsed.flatMap((each) => each.errors);
  if (errors.length > 0) {
    const fix = text.includes("{{")
      ? "render the chart's templates first (helm template), and migrate what that prints"
      : undefined;
    const found = errors.map((error) => issueAt({ file, ...yamlPlace(lines, error.pos[0]) }, yamlProblem(error), fix));
    return { documents: [], issues: firstOfEachPlace(found) };
  }
  const issues: Issue[] = [];
  const documents = parsed.flatMap((document): readonly YamlDocument[] => {
    try {
      const data: unknown = document.toJS({ maxAliasCount: mostAliases });
      return data === null || data === undefined ? [] : objectsOf({ data, placeOf: placesIn(file, document, lines) });
    } catch {
      issues.push(issueAt({ file }, "holds too many values, most of them by aliases (*name)"));
      return [];
    }
  });
  return { documents, issues };
}

/** Go's library reads `y` and `n` as texts, unlike YAML 1.1. */
function withoutSingleLetters(tag: Tags[number]): Tags[number] {
  if (typeof tag === "string" || tag.collection !== undefined || tag.tag !== "tag:yaml.org,2002:bool") return tag;
  return { ...tag, test: new RegExp(tag.test?.source.replace(/Y\|y\||N\|n\|/, "") ?? "") };
}

function firstOfEachPlace(found: readonly Issue[]): readonly Issue[] {
  return found.filter(({ path }, index) => found.findIndex((each) => each.path === path) === index);
}

function placesIn(file: string, document: Document.Parsed, lines: LineCounter): (path?: Path) => Place {
  return (path = []) => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      const [offset] = (isNode(node) ? node.range : undefined) ?? [];
      if (offset === undefined) continue;
      // A map in block style begins where its first key does, which says where the object is well enough.
      return { file, ...yamlPlace(lines, offset) };
    }
    return { file };
  };
}

function objectsOf(document: YamlDocument): readonly YamlDocument[] {
  const { data, placeOf } = document;
  if (!isRecord(data) || data["kind"] !== "List" || !Array.isArray(data["items"])) return [document];
  const items: readonly unknown[] = data["items"];
  return items.flatMap((item, index) =>
    objectsOf({ data: item, placeOf: (path = []) => placeOf(["items", index, ...path]) }),
  );
}

/** A map at a path of plain data; empty where there is none. */
export function mapAt(data: unknown, ...path: Path): Readonly<Record<string, unknown>> {
  const value = at(data, ...path);
  return isRecord(value) ? value : {};
}

/** A list at a path of plain data; empty where there is none. */
export function listAt(data: unknown, ...path: Path): readonly unknown[] {
  const value = at(data, ...path);
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A text that is not empty, at a path of plain data. */
export function textAt(data: unknown, ...path: Path): string | undefined {
  const value = at(data, ...path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A value at a path of plain data. */
export function at(data: unknown, ...path: Path): unknown {
  return valueAt(data, path);
}

/** Texts by name, at a path of plain data: what is no text is left out. */
export function textsAt(data: unknown, ...path: Path): Readonly<Record<string, string>> {
  const entries = Object.entries(mapAt(data, ...path));
  return Object.fromEntries(entries.flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : [])));
}
