import { z } from "zod";
import { isRecord } from "../../../../components/support/is-record.ts";
import type { Issue } from "../../../../components/support/messages/errors.ts";
import { clippedName } from "../../../../components/support/messages/printable.ts";
import { received } from "../../../../components/support/messages/received.ts";
import { didYouMean, listed } from "../../../../components/support/messages/suggestions.ts";
import { cataloguePath } from "./path.ts";

/** The part of a catalogue that is read: what it is, where it lies, and where its problems go. */
export interface Part {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
  readonly issues: Issue[];
}

/** The fields of an object by name, each with the schema of its value. */
type Fields = Readonly<Record<string, z.ZodType>>;
/** Those that could be read. */
type Read<F extends Fields> = { readonly [K in keyof F]?: z.output<F[K]> };

/** What is read by its own function. */
export const anything = z.unknown();

/**
 * Reads the fields of an object, each by itself, so that one that is wrong hides no other. Messages never show a text: the
 * messages of the schemas say what a field must be.
 *
 * @returns the fields that could be read; `undefined` where there is no object.
 */
export function readFields<F extends Fields>(part: Part, fields: F): Read<F> | undefined {
  const { path, issues } = part;
  const value = readObject(part, `an object with ${listed(Object.keys(fields))}`);
  if (value === undefined) return undefined;
  issues.push(...unknownFields(Object.keys(value), Object.keys(fields), path));
  const entries = Object.entries(fields).flatMap(([name, schema]) => {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const result = schema.safeParse(given);
    if (result.success) return result.data === undefined ? [] : [[name, result.data] as const];
    issues.push(...result.error.issues.map((issue) => issueOf(issue, given, [...path, name])));
    return [];
  });
  return Object.fromEntries(entries) as Read<F>;
}

/** Reads an object whose names people choose. */
export function readObject({ value, path, issues }: Part, what: string): Readonly<Record<string, unknown>> | undefined {
  if (isRecord(value)) return value;
  issues.push({ path: cataloguePath(path), problem: `must be ${what}, ${received(value)}` });
  return undefined;
}

/** Reads a list. */
export function readList({ value, path, issues }: Part, what: string): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  const problem = value === undefined ? `is missing: it must be ${what}` : `must be ${what}, ${received(value)}`;
  issues.push({ path: cataloguePath(path), problem });
  return undefined;
}

function unknownFields(
  names: readonly string[],
  known: readonly string[],
  path: readonly PropertyKey[],
): readonly Issue[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const allowed = known.length === 0 ? "it takes none" : `allowed are ${listed(known)}`;
      const problem = `has an unknown field ${clippedName(name)}; ${allowed}`;
      return { path: cataloguePath(path), problem, fix: "remove it (docs/catalogue.md)", ...didYouMean(name, known) };
    });
}

function issueOf({ path: below, message }: z.core.$ZodIssue, given: unknown, path: readonly PropertyKey[]): Issue {
  const found = below.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], given);
  const problem = found === undefined ? `is missing: it ${message}` : `${message}, ${received(found)}`;
  return { path: cataloguePath([...path, ...below]), problem };
}
