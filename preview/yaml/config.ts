import type { Value } from "./document.ts";

/** A configuration value as the engine keeps it: its text, and whether it is or holds an encrypted one. */
export interface ConfigValue {
  readonly text: string;
  readonly isSecret: boolean;
  /** Whether it is a list or a map; its text is JSON then. */
  readonly isObject: boolean;
}

/** As pulumi `sdk/go/common/resource/config/object.go`: texts stay as they are, everything else becomes JSON. */
export function configValue(value: Value): ConfigValue {
  if (isSecure(value)) return { text: "", isSecret: true, isObject: false };
  const isObject = isCollection(value);
  const text = value === null ? "" : typeof value === "string" ? value : json(value, { top: true });
  return { text, isSecret: holdsSecret(value), isObject };
}

/**
 * The full key, `<namespace>:<name>`; nothing where the engine takes a text for no key.
 *
 * @param project namespace of a key that has none.
 */
export function fullKey(key: string, project: string | undefined): string | undefined {
  const [first = "", second, third, ...others] = key.split(":");
  if (second === undefined) return project === undefined ? undefined : `${project}:${first}`;
  if (third === undefined) return key;
  return second === "config" && others.length === 0 ? `${first}:${third}` : undefined;
}

/** Encrypted is a map whose only key is `secure`, with a text. */
function isSecure(value: Value): boolean {
  return isMap(value) && value.size === 1 && typeof value.get("secure") === "string";
}

function holdsSecret(value: Value): boolean {
  if (isSecure(value)) return true;
  if (isMap(value)) return [...value.values()].some(holdsSecret);
  return isList(value) && value.some(holdsSecret);
}

/** Go writes the keys of a map in order. */
function json(value: Value, { top }: { readonly top: boolean }): string {
  if (isMap(value)) {
    const entries = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${json(each, { top: false })}`).join(",")}}`;
  }
  if (isList(value)) return `[${value.map((each) => json(each, { top: false })).join(",")}]`;
  if (typeof value !== "bigint") return JSON.stringify(value);
  // What is in a list or a map goes through a number of 64 bits with a sign on its way.
  return top || value < 2n ** 63n ? value.toString() : JSON.stringify(Number(value));
}

export function isMap(value: Value): value is ReadonlyMap<string, Value> {
  return value instanceof Map;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isCollection(value: Value): boolean {
  return isMap(value) || isList(value);
}
