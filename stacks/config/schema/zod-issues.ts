import { z } from "zod";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { isRecord } from "../../../components/support/is-record.ts";
import { receivedFact } from "../../../components/support/messages/received.ts";
import { closest, listed } from "../../../components/support/messages/suggestions.ts";
import { childOf, valueAt } from "../../../components/support/value-at.ts";
import { discriminated, keysOf, schemaAt } from "./walk.ts";

type Path = readonly PropertyKey[];

/** An issue with its path as the schema has it. */
interface Found extends Issue {
  readonly at: Path;
  /** The key that a misspelt one probably means: it is not missing then. */
  readonly meant?: string;
}

/**
 * Our issues for what a schema refused, in the words of the configuration file, and for what the validator does not look
 * at: the rest of an entry whose kind is unknown, or whose name is illegal. Pure.
 */
export function issuesOfZod(error: z.ZodError, input: unknown, schema: z.core.$ZodType): readonly Issue[] {
  const found = error.issues.flatMap((issue) => issuesOf(issue, { input, schema, prefix: [] }));
  const meant = new Set(found.flatMap(({ at, meant: key }) => (key === undefined ? [] : [configPath([...at, key])])));
  return found
    .filter(({ path, problem }) => !(meant.has(path) && problem.startsWith("is missing")))
    .map(({ path, problem, fix }) => ({ path, problem, ...(fix === undefined ? {} : { fix }) }));
}

interface Place {
  readonly schema: z.core.$ZodType;
  readonly input: unknown;
  /** Where `input` stands in the facts. */
  readonly prefix: Path;
}

function issuesOf(issue: z.core.$ZodIssue, place: Place): readonly Found[] {
  const at = [...place.prefix, ...issue.path];
  const value = valueAt(place.input, issue.path);
  const one = (problem: string): readonly Found[] => [{ at, path: pathOf(at), problem }];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, at, keysHere(issue.path, place)));
    case "invalid_union":
      if ("discriminator" in issue) return unknownKind(issue.path, place);
      return partsOf(issue, value, place) ?? one(withReceived(issue.message, value));
    case "invalid_type": {
      const wanted = issue.message.startsWith("must") ? issue.message : wantedType(issue.expected);
      return one(isMissing(value) ? `is missing: ${wanted}` : withReceived(wanted, value, issue.expected));
    }
    case "invalid_value":
      return one(wrongWord(issue.message, issue.values.map(String), value));
    case "too_small":
    case "too_big":
      return one(value === "" ? limitOf(issue) : withReceived(limitOf(issue), value, "number"));
    case "invalid_key":
      return [...one(issue.issues[0]?.message ?? "is no legal name"), ...belowIllegalName(issue.path, place)];
    default:
      return one(ownMessage(issue.message, value));
  }
}

/** What is wrong within a map, where one of several forms is a map: the value has that form, and something in it is wrong. */
function partsOf(issue: z.core.$ZodIssueInvalidUnion, value: unknown, place: Place): readonly Found[] | undefined {
  const isWithin = ({ path, code }: z.core.$ZodIssue) =>
    path.length > 0 || code === "unrecognized_keys" || code === "custom";
  const parts = isRecord(value) ? issue.errors.find((each) => each.length > 0 && each.every(isWithin)) : undefined;
  return parts?.flatMap((each) => issuesOf({ ...each, path: [...issue.path, ...each.path] }, place));
}

/** Root itself has no path. */
function pathOf(at: Path): string {
  return at.length === 0 ? "config" : configPath(at);
}

function keysHere(path: Path, { schema, input }: Place): readonly string[] {
  return keysOf(schemaAt(schema, path, input), valueAt(input, path));
}

function unknownKey(key: string, at: Path, known: readonly string[]): Found {
  const path = configPath([...at, key]);
  const meant = closest(key, known);
  const problem = `is no key that is read here; there are ${listed(known)}`;
  if (meant === undefined) return { at, path, problem, fix: "remove it, or look its name up in docs/facts.md" };
  return {
    at,
    path,
    problem: `is no key that is read here; did you mean ${meant}?`,
    meant,
    fix: `rename it to ${meant}`,
  };
}

/** A word that is none of the allowed ones. It is shown where it is one of them but for a typing error. */
function wrongWord(message: string, words: readonly string[], value: unknown): string {
  const rule = message.startsWith("must") ? message : `must be ${alternatives(words)}`;
  if (isMissing(value)) return `is missing: ${rule}`;
  const meant = typeof value === "string" ? closest(value, words) : undefined;
  if (meant === undefined) return typeof value === "string" ? rule : withReceived(rule, value);
  return `${rule}, received "${String(value)}": did you mean ${meant}?`;
}

function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

/**
 * An entry whose `kind` is none that there is. The rest of it is held against the kind that was meant; where none is
 * like it, what is wrong in every kind is wrong.
 */
function unknownKind(path: Path, { schema, input, prefix }: Place): readonly Found[] {
  const entry = path.slice(0, -1);
  const at = [...prefix, ...path];
  const union = schemaAt(schema, entry, input);
  const told = union === undefined ? undefined : discriminated(union);
  if (told === undefined) return [{ at, path: pathOf(at), problem: "is none of those that there are" }];
  const value = valueAt(input, entry);
  const word = childOf(value, told.discriminator);
  const words = [...told.options.keys()];
  const problem = wrongWord(`must be ${alternatives(words)}`, words, word);
  const meant = typeof word === "string" ? closest(word, words) : undefined;
  const asKinds = (meant === undefined ? words : [meant]).map((kind) => {
    const option = told.options.get(kind);
    const parsed =
      option === undefined ? undefined : z.safeParse(option, { ...(value as object), [told.discriminator]: kind });
    const place = { schema: option ?? z.unknown(), input: value, prefix: [...prefix, ...entry] };
    return (parsed?.error?.issues ?? []).flatMap((issue) => issuesOf(issue, place));
  });
  return [{ at, path: pathOf(at), problem }, ...common(asKinds)];
}

/** Issues that are in every list: the same place, and the same thing wrong with it. */
function common(lists: readonly (readonly Found[])[]): readonly Found[] {
  const [first = [], ...others] = lists;
  if (others.length === 0) return first;
  const same = (one: Found, other: Found) =>
    one.path === other.path && one.problem.startsWith("is no key") === other.problem.startsWith("is no key");
  return first
    .filter((issue) => others.every((list) => list.some((other) => same(issue, other))))
    .map(({ at, path, problem, fix, meant }) =>
      // Each kind knows other keys.
      problem.startsWith("is no key") && meant === undefined
        ? { at, path, problem: "is no key that any of them reads", fix: fix ?? "" }
        : { at, path, problem, ...(fix === undefined ? {} : { fix }) },
    );
}

/** The validator does not look at what stands under an illegal name. */
function belowIllegalName(path: Path, { schema, input, prefix }: Place): readonly Found[] {
  const below = schemaAt(schema, path, input);
  const value = valueAt(input, path);
  const parsed = below === undefined ? undefined : z.safeParse(below, value);
  if (parsed?.error === undefined || below === undefined) return [];
  const place = { schema: below, input: value, prefix: [...prefix, ...path] };
  return parsed.error.issues.flatMap((issue) => issuesOf(issue, place));
}

/** A rule of ours says what is wrong with a text by itself. */
function ownMessage(message: string, value: unknown): string {
  if (message.startsWith("Invalid")) return "has another form than docs/facts.md describes";
  return ["number", "boolean"].includes(typeof value) ? withReceived(message, value) : message;
}

function limitOf(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  if (issue.message.startsWith("must")) return issue.message;
  const limit = issue.code === "too_big" ? issue.maximum : issue.minimum;
  const direction = issue.code === "too_big" ? "at most" : issue.inclusive === false ? "more than" : "at least";
  if (issue.origin === "string")
    return issue.code === "too_big" ? `must have at most ${limit} characters` : "must not be empty";
  if (issue.origin === "array") return `must have ${direction} ${limit === 1 ? "1 entry" : `${limit} entries`}`;
  return `must be ${direction} ${limit}`;
}

function withReceived(rule: string, value: unknown, expected?: string): string {
  const received = receivedFact(value, expected);
  return received === undefined ? rule : `${rule}, ${received}`;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** A type in the words of the configuration file. */
function wantedType(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    object: "must be a map of keys and values",
    record: "must be a map of keys and values",
    array: "must be a list",
    int: "must be a whole number",
    number: "must be a number",
    string: "must be a text",
    boolean: "must be true or false",
  };
  return words[expected] ?? "has another form than docs/facts.md describes";
}
