import { joinPath } from "../support/diff.ts";
import type { DiffKind, PropertyDiff } from "../support/provider.ts";
import { equal, isMap, type PropertyMap, Secret, type Value } from "../support/values.ts";

/**
 * What changes between two sets of inputs, at the depth where it changes (pulumi-azure-native, provider/pkg/provider/diff.go). A
 * property of `forceNew`, at the top, makes a new resource.
 */
export function differences(
  old: PropertyMap,
  next: PropertyMap,
  forceNew: ReadonlySet<string>,
): Record<string, PropertyDiff> {
  const found: Record<string, PropertyDiff> = {};
  for (const name of new Set([...Object.keys(old), ...Object.keys(next)])) {
    if (name === "location" && sameLocation(old[name], next[name])) continue;
    for (const [path, kind] of compareValues(old[name], next[name], name)) {
      found[path] = { kind: forceNew.has(name) ? (`${kind}-replace` as DiffKind) : kind, inputDiff: true };
    }
  }
  return found;
}

/**
 * Brings what changed in Azure between two reads into the inputs (the same file, applyDiff): an input that Azure filled in by itself
 * does not become the program's.
 */
export function applyDifferences(inputs: PropertyMap, before: PropertyMap, after: PropertyMap): PropertyMap {
  const result: PropertyMap = { ...inputs };
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, next, mine] = [before[name], after[name], inputs[name]];
    if (equal(old, next)) continue;
    if (next === undefined) delete result[name];
    else if (isMap(old) && isMap(next) && isMap(mine)) result[name] = applyDifferences(mine, old, next);
    else result[name] = next;
  }
  return result;
}

type PlainKind = "add" | "delete" | "update";

function compareValues(old: Value | undefined, next: Value | undefined, path: string): [string, PlainKind][] {
  if (equal(old, next)) return [];
  if (old === undefined) return [[path, "add"]];
  if (next === undefined) return [[path, "delete"]];
  // What is secret as a whole shows as a whole.
  if (old instanceof Secret || next instanceof Secret) return [[path, "update"]];
  if (isMap(old) && isMap(next)) {
    const names = new Set([...Object.keys(old), ...Object.keys(next)]);
    return [...names].flatMap((name) => compareValues(old[name], next[name], joinPath(path, name)));
  }
  if (Array.isArray(old) && Array.isArray(next)) {
    const length = Math.max(old.length, next.length);
    return [...Array(length).keys()].flatMap((i) => compareValues(itemOf(old, i), itemOf(next, i), joinPath(path, i)));
  }
  return [[path, "update"]];
}

// "West Europe" is "westeurope".
function sameLocation(left: Value | undefined, right: Value | undefined): boolean {
  const normal = (value: Value | undefined) =>
    typeof value === "string" ? value.toLowerCase().replaceAll(" ", "") : undefined;
  return normal(left) !== undefined && normal(left) === normal(right);
}

function itemOf(list: readonly Value[], index: number): Value | undefined {
  return list[index];
}
