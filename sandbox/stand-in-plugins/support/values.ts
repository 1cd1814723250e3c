/**
 * Property values as the engine speaks them: plain JSON, plus two things that JSON can't say.
 * A secret and an unknown survive every step of a plugin only because they have types of their own here.
 */

/** A value that must never be shown; the engine encrypts what is wrapped in this. */
export class Secret {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/** A value that is known only after another resource has been created (previews only). */
export class Unknown {}

/** The one unknown: it carries nothing, so all are alike. */
export const UNKNOWN = new Unknown();

/** What a resource's property can be. */
export type Value = null | boolean | number | string | Value[] | PropertyMap | Secret | Unknown;

/** A resource's properties by name. */
export interface PropertyMap {
  [key: string]: Value | undefined;
}

/** A value without secrets or unknowns: what can be sent to a server. */
export type Json = null | boolean | number | string | Json[] | JsonMap;

/** A plain JSON object. */
export interface JsonMap {
  [key: string]: Json | undefined;
}

/** True for an object with named properties: not an array, a secret, an unknown or null. */
export function isMap(value: Value | undefined): value is PropertyMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Unknown)
  );
}

/** The same test for plain JSON. */
export function isJsonMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Marks a value as secret, once. */
export function secret(value: Value): Secret {
  return value instanceof Secret ? value : new Secret(value);
}

/** Removes the secret mark at every depth; unknowns stay. */
export function reveal(value: Value): Value {
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (!isMap(value)) return value;
  return revealMap(value);
}

/** Removes the secret marks of a property map. */
export function revealMap(map: PropertyMap): PropertyMap {
  const out: PropertyMap = {};
  for (const [key, item] of Object.entries(map)) if (item !== undefined) out[key] = reveal(item);
  return out;
}

/** True if the value is a secret or holds one. */
export function containsSecret(value: Value | undefined): boolean {
  if (value === undefined) return false;
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(containsSecret);
  return isMap(value) && Object.values(value).some(containsSecret);
}

/** True if the value is unknown or holds an unknown. */
export function containsUnknown(value: Value | undefined): boolean {
  if (value === undefined) return false;
  if (value instanceof Unknown) return true;
  if (value instanceof Secret) return containsUnknown(value.value);
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isMap(value) && Object.values(value).some(containsUnknown);
}

/** Plain JSON of a value: secrets revealed, nulls kept. Throws on an unknown: a server can't be sent one. */
export function toJson(value: Value): Json {
  const plain = reveal(value);
  if (containsUnknown(plain)) throw new Error("a value that is not known yet can't be sent to a server");
  return plain as Json;
}

/** {@link toJson} of a property map. */
export function toJsonMap(map: PropertyMap): JsonMap {
  return toJson(map) as JsonMap;
}

/** Drops properties that are null or undefined, at every depth, as the official plugins do with `SkipNulls`. */
export function withoutNulls(value: Value): Value {
  if (value instanceof Secret) return new Secret(withoutNulls(value.value));
  if (Array.isArray(value)) return value.map(withoutNulls);
  return isMap(value) ? mapWithoutNulls(value) : value;
}

/** {@link withoutNulls} of a property map. */
export function mapWithoutNulls(map: PropertyMap): PropertyMap {
  const out: PropertyMap = {};
  for (const [key, item] of Object.entries(map)) {
    if (item !== undefined && item !== null) out[key] = withoutNulls(item);
  }
  return out;
}

/** Deep equality; secrets equal what they wrap, an unknown equals nothing. */
export function equal(left: Value | undefined, right: Value | undefined): boolean {
  if (left instanceof Secret) return equal(left.value, right);
  if (right instanceof Secret) return equal(left, right.value);
  if (left === undefined || right === undefined) return left === right;
  if (left instanceof Unknown || right instanceof Unknown) return false;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, i) => equal(item, right[i]));
  }
  if (!isMap(left)) return left === right;
  if (!isMap(right)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => equal(left[key], right[key]));
}

/** A scalar as text; anything else is the fallback: an object has no text, a secret must be revealed on purpose. */
export function textOf(value: unknown, fallback = ""): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : fallback;
}
