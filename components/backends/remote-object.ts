import { canonicalJson } from "../support/canonical-json.ts";
import { secretId, type SecretAddress } from "../support/naming.ts";
import { own } from "../support/own.ts";
import { schemedName } from "./name-scheme.ts";
import { chosenName, type RemoteNames } from "./remote-names.ts";
import type { IssuedObject } from "./issued.ts";
import type { NativeRotationSpec } from "./native-rotation.ts";
import { foreignObject, type Decoding, type ForeignObject, type StoreReferences } from "./references.ts";

/**
 * How a secret's keys lie in a store: `bundle` is one object with all keys as JSON, which is read in one call and paid
 * once; `per-key` is one object for each key, whose value is the key's value as it is.
 */
export type Layout = "bundle" | "per-key";
export const layouts = ["bundle", "per-key"] as const;

/** Where ESO finds one key: as in an ExternalSecret's `remoteRef`. */
export interface RemoteRef {
  readonly key: string;
  readonly property?: string;
  /** Version in the words of the operator's provider. Default: the newest. */
  readonly version?: string;
  /** What the value is decoded from. Default: nothing. */
  readonly decode?: Decoding;
}

/** A secret to be stored, as far as names and limits are concerned. */
export interface SecretShape {
  readonly address: SecretAddress;
  readonly keys: readonly string[];
  /** Key that lies under the secret's own name where each key is an object. */
  readonly primaryKey?: string;
  /** Fewest bytes that the value of a key has, where its recipe tells: all of them where it is random. */
  readonly lengths: Readonly<Record<string, number>>;
  /** Keys whose value holds `{{`, or may: as far as recipes tell. Default: none. */
  readonly doubleBraces?: readonly string[];
  /** Keys whose value is empty. Default: none. */
  readonly empty?: readonly string[];
  /** Whether somebody else makes the objects, so that they may have names that are not given here. Default: no. */
  readonly referenced?: true;
}

/** One object of a store and the keys that it holds. */
export interface RemoteObject {
  /** Name as the store knows it. */
  readonly name: string;
  /** Entry of the store's `remoteNames` that the name is from. Default: it is made of the secret's address. */
  readonly namedBy?: string;
  /** Whether the name is made by the store's `nameScheme`. Default: no. */
  readonly byScheme?: true;
  /** What a `remoteRef.key` says where the operator would read something else by the name. Default: the name. */
  readonly reference?: string;
  readonly layout: Layout;
  /** Keys in it: exactly one with the layout `per-key`. */
  readonly keys: readonly string[];
  /** What is read of it, where somebody else writes it and facts describe it. Default: every key as it is laid out here. */
  readonly foreign?: ForeignObject;
  /** What the store issues at each read, instead of holding it. Default: it holds the values. */
  readonly issued?: IssuedObject;
  /** How the store rotates it by itself, where facts say so. Default: as its owner has it. */
  readonly nativeRotation?: NativeRotationSpec;
}

/** What the names of a store's objects depend on, beside the kind of store. */
export interface ObjectNaming {
  readonly layout: Layout;
  /** Names that facts choose. Default: none. */
  readonly remoteNames?: RemoteNames;
  /** How secrets lie that somebody else writes. Default: as those that are written here. */
  readonly references?: StoreReferences;
  /** Whether all objects are JSON. Default: no. */
  readonly alwaysJson?: true;
  /** How objects are named that facts give no exact name. Default: as `nameOf` says. */
  readonly nameScheme?: string;
}

/**
 * The objects of a secret. Each has the name that facts choose, that of the store's scheme, or else that of `nameOf`, which
 * gets no key for a bundle. Nor does it for the primary key of a secret, which lies under the secret's own name:
 * `/…/mlflow/db-password` is the password itself. A name that facts choose for a secret is that of its bundle, of its
 * primary key, or of its only key.
 */
export function objectsOf(
  naming: ObjectNaming,
  { address, keys, primaryKey }: Pick<SecretShape, "address" | "keys" | "primaryKey">,
  nameOf: (key?: string) => string,
): readonly RemoteObject[] {
  const { remoteNames, references = {}, alwaysJson = false } = naming;
  const reference = own(references, secretId(address));
  const layout = reference?.layout ?? naming.layout;
  // A scheme makes names for the store's layout: `checkReferences` refuses objects of another one without exact names.
  const scheme = layout === naming.layout ? naming.nameScheme : undefined;
  const named = (key: string | undefined, usual: () => string) =>
    scheme === undefined ? { name: usual() } : { name: schemedName(scheme, address, key), byScheme: true as const };
  const foreign = (read: readonly string[]): Pick<RemoteObject, "foreign"> =>
    reference === undefined ? {} : { foreign: foreignObject(reference, read, { layout, alwaysJson, propertyOf }) };
  if (layout === "bundle") {
    return [
      {
        ...(chosenName(remoteNames, address, undefined, { isSecretItself: true }) ?? named(undefined, () => nameOf())),
        layout,
        keys,
        ...foreign(keys),
      },
    ];
  }
  return keys.map((key) => {
    const isPrimary = key === primaryKey;
    const chosen = chosenName(remoteNames, address, key, { isSecretItself: isPrimary || keys.length === 1 });
    const name = chosen ?? named(key, () => (isPrimary ? nameOf() : nameOf(key)));
    return { ...name, layout, keys: [key], ...foreign([key]) };
  });
}

/** What an ExternalSecret calls an object: its `remoteRef.key`. */
export function referenceOf({ name, reference = name }: Pick<RemoteObject, "name" | "reference">): string {
  return reference;
}

/** Where a key of an object is read. */
export function refOf(object: RemoteObject, key: string): RemoteRef {
  const name = referenceOf(object);
  if (object.foreign !== undefined) return { key: name, ...own(object.foreign.readings, key) };
  return object.layout === "bundle" ? { key: name, property: propertyOf(key) } : { key: name };
}

/**
 * How a `remoteRef` names a key of a bundle. The operator takes a property for a path of gjson, in which dots are steps,
 * and tries the key itself as well. For one that begins with a dot it does not in Google Cloud; and it reads `..0` in Key
 * Vault as "the first line", which is the whole bundle. With its dots escaped it finds such a key in every store (external-secrets 0.20.4,
 * `getDataByProperty`, `getProperty`, `getSecretValue`, tried on gjson 1.18).
 */
export function propertyOf(key: string): string {
  return key.startsWith(".") ? key.replaceAll(".", "\\.") : key;
}

/** What is written into an object. Keys are in the order of their names, so that the same values are the same text. */
export function encodePayload({ layout, keys }: RemoteObject, values: Readonly<Record<string, string>>): string {
  if (layout === "per-key") return own(values, keys[0] ?? "") ?? "";
  return canonicalJson(Object.fromEntries(keys.flatMap((key) => entryOf(key, values))));
}

function entryOf(key: string, values: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const value = own(values, key);
  return value === undefined ? [] : [[key, value]];
}

/**
 * Fewest bytes that `encodePayload` can make of an object, as far as the lengths of its values are known: values only
 * count what their characters need in ASCII. What a store refuses at this length it refuses in any case.
 */
export function leastBytes({ layout, keys }: RemoteObject, lengths: Readonly<Record<string, number>>): number {
  if (layout === "per-key") return own(lengths, keys[0] ?? "") ?? 0;
  // `{"key":"value","key":"value"}`
  const members = keys.reduce((sum, key) => sum + key.length + (own(lengths, key) ?? 0) + 5, 0);
  return 2 + members + Math.max(0, keys.length - 1);
}

/** The values by key of what an object holds. A bundle that is no JSON object of texts has no keys that could be ours. */
export function decodePayload({ layout, keys }: RemoteObject, payload: string): Readonly<Record<string, string>> {
  if (layout === "per-key") return { [keys[0] ?? ""]: payload };
  try {
    const parsed: unknown = JSON.parse(payload);
    if (typeof parsed !== "object" || parsed === null) return {};
    return Object.fromEntries(Object.entries(parsed).filter(isText));
  } catch {
    return {};
  }
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}

/** Whether two payloads hold the same, whatever the order of their keys. */
export function samePayload(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [parsedObject(a), parsedObject(b)];
  if (left === undefined || right === undefined) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
