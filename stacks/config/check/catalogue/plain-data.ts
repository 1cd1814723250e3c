import type { Issue } from "../../../../components/support/messages/errors.ts";
import { cataloguePath } from "./path.ts";

/** Most entries of a list. */
const longestList = 100_000;

export interface PlainData {
  /** A copy, without what is no plain data. */
  readonly data: unknown;
  readonly issues: readonly Issue[];
}

/**
 * Copies a catalogue, and says what in it is no plain data: functions, Outputs, classes, circles, and what JavaScript would
 * hide. The copy can be read without running anybody's code, and its end is in sight. Pure.
 */
export function plainData(value: unknown): PlainData {
  const issues: Issue[] = [];
  return { data: copied({ value, path: [], above: new Set(), issues }), issues };
}

interface Place {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
  /** The objects that it lies in. */
  readonly above: ReadonlySet<object>;
  readonly issues: Issue[];
}

function copied({ value, path, above, issues }: Place): unknown {
  const problem = problemOf(value, above);
  if (problem !== undefined) {
    issues.push({ path: cataloguePath(path), ...problem });
    return undefined;
  }
  if (typeof value !== "object" || value === null) return value;
  const within = new Set([...above, value]);
  const entries = Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([name, property]) => {
    // A list may have entries under names too, which nothing reads.
    if (!property.enumerable || (Array.isArray(value) && !/^\d+$/.test(name))) return [];
    const below = [...path, Array.isArray(value) ? Number(name) : name];
    if ("value" in property) {
      return [[name, copied({ value: property.value, path: below, above: within, issues })] as const];
    }
    issues.push({ path: cataloguePath(below), problem: "is computed by a getter", fix: "write the value itself" });
    return [];
  });
  if (!Array.isArray(value)) return Object.fromEntries(entries);
  const list = new Map(entries);
  return Array.from({ length: value.length }, (_, index) => list.get(String(index)));
}

function problemOf(value: unknown, above: ReadonlySet<object>): Omit<Issue, "path"> | undefined {
  if (typeof value === "function") {
    return { problem: "is a function", fix: "call it, as in password(): the catalogue is plain data" };
  }
  if (typeof value === "symbol" || typeof value === "bigint") {
    return { problem: `is a ${typeof value}, and the catalogue is plain data`, fix: "write a text or a number" };
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (above.has(value)) return { problem: "lies within itself", fix: "write it where it belongs, once" };
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (Array.isArray(value) && prototype === Array.prototype) {
    return value.length > longestList
      ? { problem: `has ${value.length} entries; at most ${longestList} are allowed` }
      : undefined;
  }
  if (prototype === null || prototype === Object.prototype) return undefined;
  if (Object.hasOwn(prototype, "constructor")) {
    const fix = "write it as plain data; secret values come from provided(…) or providedOptionally(…)";
    return { problem: "is an object of a class, such as an Output or a Date, and the catalogue is plain data", fix };
  }
  return { problem: "has an entry __proto__, which JavaScript keeps for itself", fix: "choose another name" };
}
