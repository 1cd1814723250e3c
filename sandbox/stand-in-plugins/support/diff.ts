import type { DiffKind, DiffResult, PropertyDiff } from "./provider.ts";
import { equal, isMap, type PropertyMap, Secret, type Value } from "./values.ts";

/** How a property takes part in a comparison. */
export interface Field {
  /** A change makes a new resource. */
  readonly forceNew?: boolean;
  /** What the property is when the program leaves it out. */
  readonly fallback?: Value;
  /** The server fills it in: leaving it out of the program is no change. */
  readonly computed?: boolean;
  /** Two spellings of the same value, such as JSON with other spaces. */
  readonly same?: (old: Value | undefined, next: Value | undefined) => boolean;
}

/** Compares the inputs of a program with the last known state, property by property. */
export function compare(state: PropertyMap, inputs: PropertyMap, fields: Readonly<Record<string, Field>>): DiffResult {
  const detailed: Record<string, PropertyDiff> = {};
  for (const [name, field] of Object.entries(fields)) {
    const old = present(state[name] ?? field.fallback);
    const next = present(inputs[name] ?? field.fallback);
    if (next === undefined && field.computed === true) continue;
    if ((field.same ?? equal)(old, next)) continue;
    const [path, kind] = locate(name, old, next);
    detailed[path] = { kind: field.forceNew === true ? (`${kind}-replace` as DiffKind) : kind, inputDiff: true };
  }
  return { detailed };
}

type PlainKind = "add" | "delete" | "update";

// A map that changed in one key shows as that key: `keepers.epoch` says more than `keepers`.
function locate(path: string, old: Value | undefined, next: Value | undefined): [string, PlainKind] {
  if (old === undefined) return [path, "add"];
  if (next === undefined) return [path, "delete"];
  if (isMap(old) && isMap(next) && !(old instanceof Secret)) {
    const changed = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter(
      (key) => !equal(old[key], next[key]),
    );
    const [only] = changed;
    if (changed.length === 1 && only !== undefined) return locate(joinPath(path, only), old[only], next[only]);
  }
  return [path, "update"];
}

/** Appends a key to a property path as the engine writes them. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (/[."[\]]/.test(key)) return `${path}["${key.replaceAll('"', '\\"')}"]`;
  return path === "" ? key : `${path}.${key}`;
}

// Terraform, and so the official plugins made from it, does not tell an empty list or map from none.
function present(value: Value | undefined): Value | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value) && value.length === 0) return undefined;
  if (isMap(value) && Object.keys(value).length === 0) return undefined;
  return value;
}
