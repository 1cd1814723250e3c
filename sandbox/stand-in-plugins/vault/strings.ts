import type { Json, JsonMap } from "../support/values.ts";

/** Terraform maps hold strings only: everything else is written as JSON (provider-vault: serializeDataMapToString). */
export function stringMap(map: JsonMap): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, asString(value ?? null)]));
}

function asString(value: Json): string {
  return typeof value === "string" ? value : goJson(value);
}

/** JSON with sorted keys, as Go writes it: two spellings of the same data compare equal. */
export function goJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${goJson(item ?? null)}`).join(",")}}`;
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Seconds of a Go duration such as `3h12m10s`. */
export function goDurationSeconds(text: string): number {
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)(h|ms|us|µs|ns|m|s)/g)) {
    seconds += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  }
  return seconds;
}
