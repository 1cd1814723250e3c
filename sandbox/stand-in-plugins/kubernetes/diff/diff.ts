import { joinPath } from "../../support/diff.ts";
import type { DiffKind, PropertyDiff } from "../../support/provider.ts";
import { isMap, type PropertyMap, reveal, Unknown, type Value } from "../../support/values.ts";
import { sameQuantity } from "./quantity.ts";

type Path = readonly (string | number)[];
type PlainKind = "add" | "delete" | "update";

/** What decides how a difference counts. */
export interface DiffOptions {
  readonly forceNew: readonly string[];
  /** The API's own kinds drop fields that are empty or zero; custom resources keep them. */
  readonly dropsZeroes: boolean;
}

/**
 * Compares what is (as far as the program set it) with what the program wants, and says of each difference whether it
 * needs a new object (pulumi/pulumi-kubernetes, provider.go: convertPatchToDiff).
 */
export function diffObjects(old: PropertyMap, next: PropertyMap, options: DiffOptions): Record<string, PropertyDiff> {
  const found: Record<string, PropertyDiff> = {};
  const rules = options.forceNew.map((rule) => rule.split("."));

  const add = (path: Path, kind: PlainKind, value: Value | undefined): void => {
    const replaces = rules.some((rule) => touches(rule, path, value));
    const full: DiffKind = replaces ? `${kind}-replace` : kind;
    found[path.reduce<string>(joinPath, "")] = { kind: full, ...(kind === "delete" ? { inputDiff: true } : {}) };
  };
  const visit = (path: Path, left: Value | undefined, right: Value | undefined): void => {
    if (right instanceof Unknown) return add(path, left === undefined ? "add" : "update", undefined);
    if (left === undefined) {
      if (right === undefined || isEmpty(right) || (options.dropsZeroes && isZero(right))) return;
      return add(path, "add", right);
    }
    if (right === undefined) return add(path, "delete", undefined);
    if (isMap(left) && isMap(right)) {
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
        visit([...path, key], left[key], right[key]);
      return;
    }
    if (Array.isArray(left) && Array.isArray(right)) {
      for (let index = 0; index < Math.max(left.length, right.length); index++) {
        visit([...path, index], at(left, index), at(right, index));
      }
      return;
    }
    if (left !== right && !(isAmount(path) && sameQuantity(left as never, right as never))) add(path, "update", right);
  };
  visit([], reveal(old), reveal(next));
  return found;
}

// Array.isArray says "any": the element's type is said here again.
function at(list: readonly Value[], index: number): Value | undefined {
  return list[index];
}

// A rule matches a change below it, and one above it whose new value holds what the rule names.
function touches(rule: readonly string[], path: Path, value: Value | undefined): boolean {
  for (const [index, segment] of rule.entries()) {
    const step = path[index];
    if (step === undefined) return holds(value, rule.slice(index));
    if (segment === "*" ? typeof step !== "number" : segment !== step) return false;
  }
  return true;
}

function holds(value: Value | undefined, rule: readonly string[]): boolean {
  const [segment, ...rest] = rule;
  if (segment === undefined) return value !== undefined;
  if (segment === "*") return Array.isArray(value) && value.some((item: Value) => holds(item, rest));
  return isMap(value) && value[segment] !== undefined && holds(value[segment], rest);
}

const AMOUNT_PARENTS = new Set([
  "limits",
  "requests",
  "hard",
  "capacity",
  "overhead",
  "allocatable",
  "default",
  "min",
  "max",
]);

function isAmount(path: Path): boolean {
  const [parent, key] = path.slice(-2);
  return (typeof parent === "string" && AMOUNT_PARENTS.has(parent)) || key === "sizeLimit";
}

function isEmpty(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.values(value).every((item) => item === undefined || isEmpty(item));
}

function isZero(value: Value): boolean {
  return value === "" || value === 0 || value === false;
}
