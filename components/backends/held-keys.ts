import { hasProperty } from "./references.ts";
import type { RemoteObject } from "./remote-object.ts";
import { own } from "../support/own.ts";

/** What a version of an object does not hold of the keys that are read from it. Names only. */
export interface HeldKeys {
  readonly missing: readonly string[];
  /** Keys that only the operator's own way to read paths could find. */
  readonly unchecked: readonly string[];
}

/** Whether the text of an object has to be read to know that its keys are there. */
export function isReadByProperty({ layout, foreign }: RemoteObject, keys: readonly string[]): boolean {
  if (foreign === undefined) return layout === "bundle";
  return keys.some((key) => own(foreign.readings, key)?.property !== undefined);
}

/** Looks for keys in what a version of an object holds. Of the text nothing goes further. */
export function heldKeys({ layout, foreign }: RemoteObject, keys: readonly string[], text: string): HeldKeys {
  const answers = keys.map((key) => [key, holds({ layout, foreign }, key, text)] as const);
  const those = (wanted: boolean | undefined) => answers.flatMap(([key, is]) => (is === wanted ? [key] : []));
  return { missing: those(false), unchecked: those(undefined) };
}

function holds(
  { layout, foreign }: { readonly layout: RemoteObject["layout"]; readonly foreign: RemoteObject["foreign"] },
  key: string,
  text: string,
): boolean | undefined {
  if (foreign !== undefined) {
    const property = own(foreign.readings, key)?.property;
    return property === undefined ? true : hasProperty(text, property);
  }
  return layout === "per-key" ? true : isMember(text, key);
}

function isMember(text: string, key: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && Object.hasOwn(value, key);
  } catch {
    return false;
  }
}

/** The keys of an object by the version that each is read in: `undefined` for the newest. */
export function keysByVersion(
  { foreign }: Pick<RemoteObject, "foreign">,
  keys: readonly string[],
): ReadonlyMap<string | undefined, readonly string[]> {
  return Map.groupBy(keys, (key) => own(foreign?.readings ?? {}, key)?.version);
}
