import type { RemoteObject } from "../backends/remote-object.ts";
import { isRecord } from "../support/is-record.ts";

/** An existing value: a text, or the reason why this program can't have it. */
export type HeldValue = { readonly text: string } | { readonly problem: string };

/** One place that holds values of a secret: a store, or a Secret in a cluster. Its values are secret. */
export interface Holder {
  /** Name of the store or cluster, by which facts choose between several. */
  readonly name: string;
  /** For people: `store vault`, `Secret minio/minio-root of cluster main`. */
  readonly where: string;
  /** By key of the secret. Keys that the catalogue does not have are among them where a write would lose them. */
  readonly values: Readonly<Record<string, HeldValue>>;
  /** Why none of its values can be adopted, if so. */
  readonly problem?: string;
}

/** What an object of a store holds by key. Pure. */
export function heldInObject(
  { layout, keys, name }: RemoteObject,
  payload: string,
): Pick<Holder, "values" | "problem"> {
  if (layout === "per-key") return { values: { [keys[0] ?? ""]: heldText(payload) } };
  const parsed = parsedJson(payload);
  if (parsed === undefined) return { values: {}, problem: notBundle(name, "plain text") };
  if (!isRecord(parsed)) {
    return { values: {}, problem: notBundle(name, `JSON that is ${kindOf(parsed)}`) };
  }
  return { values: Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, heldJson(value)])) };
}

/**
 * What a Secret of a cluster holds by key, from its bytes in base64. Pure.
 *
 * @param asBytes keys whose values are the base64 itself.
 */
export function heldInSecret(
  data: Readonly<Record<string, string>>,
  asBytes: ReadonlySet<string> = new Set(),
): Readonly<Record<string, HeldValue>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, base64]) => [
      key,
      asBytes.has(key) ? { text: base64 } : heldText(Buffer.from(base64, "base64").toString("utf8")),
    ]),
  );
}

function notBundle(name: string, found: string): string {
  return `holds ${found} under "${name}", but this program stores a JSON object with a string for each key`;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function heldJson(value: unknown): HeldValue {
  return typeof value === "string" ? heldText(value) : { problem: `is ${kindOf(value)} in the store's JSON` };
}

/** Decoding puts this character in place of bytes that are no UTF-8: what they were is lost in it. */
function heldText(text: string): HeldValue {
  return text.includes("\uFFFD") ? { problem: "has bytes that are not valid UTF-8" } : { text };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
