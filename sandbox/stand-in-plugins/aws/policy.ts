import { reveal, toJson, type Value } from "../support/values.ts";

/**
 * Whether two policy documents say the same: order of keys and of lists, and a list of one, make no difference
 * (hashicorp/awspolicyequivalence, which the official plugin compares with).
 */
export function samePolicy(old: Value | undefined, next: Value | undefined): boolean {
  const [left, right] = [canonical(old), canonical(next)];
  return left !== undefined && left === right;
}

/** The program's spelling when AWS holds the same, else what AWS holds: a refresh must not show another spelling as a change. */
export function policyState(known: Value | undefined, found: string): Value {
  return known !== undefined && samePolicy(known, found) ? known : found;
}

/** A policy that the program wrote as an object, as text: in an order that does not change. */
export function documentText(value: Value): string {
  const write = (item: unknown): string => {
    if (Array.isArray(item)) return `[${item.map(write).join(",")}]`;
    if (typeof item !== "object" || item === null) return JSON.stringify(item);
    const entries = Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${write(each)}`).join(",")}}`;
  };
  return write(toJson(value));
}

function canonical(value: Value | undefined): string | undefined {
  const text = value === undefined ? null : reveal(value);
  if (typeof text !== "string") return undefined;
  try {
    return sorted(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) {
    const [only] = value as readonly unknown[];
    return value.length === 1 ? sorted(only) : `[${value.map(sorted).sort().join(",")}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${sorted(item)}`).join(",")}}`;
}
