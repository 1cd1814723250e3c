import { all, type Output } from "@pulumi/pulumi";
import { configPath } from "../support/messages/config-command.ts";
import { own } from "../support/own.ts";
import { childOf, valueAt } from "../support/value-at.ts";

/** What facts say of a secret in one store, where somebody else writes it. Plain data. */
export interface SecretReference {
  /** Whether its keys lie in one object or in one each. Default: the store's layout. */
  readonly layout?: "bundle" | "per-key";
  /** Version of each of its objects. Default: the newest. */
  readonly version?: string;
  /** ARN of the customer key that its objects are encrypted with (AWS). Default: the store's. */
  readonly kmsKeyArn?: string;
  /** What differs from the default, by key of the catalogue. */
  readonly keys: Readonly<Record<string, ReferencedKey>>;
}

/** How one key of a referenced secret lies there. */
export interface ReferencedKey {
  /** Property of the object's JSON, as the operator takes it: a name, or a path of gjson (`login.password`). */
  readonly property?: string;
  /** Whether the value is the object's text as a whole. */
  readonly whole?: true;
  /** Version of its object. Default: that of the secret. */
  readonly version?: string;
  /** What the value is encoded in, and decoded from when it is read. Default: nothing. */
  readonly decode?: Decoding;
}

export const decodings = ["base64", "base64url"] as const;
export type Decoding = (typeof decodings)[number];

/** Referenced secrets of a store, by `<app>/<secret>`. */
export type StoreReferences = Readonly<Record<string, SecretReference>>;

/** Where the value of one key is read: settled, with every default in it. */
export interface KeyReading {
  /** Default: the object's text as a whole. */
  readonly property?: string;
  /** Default: the newest. */
  readonly version?: string;
  readonly decode?: Decoding;
}

/** What is read of an object that somebody else writes, where facts describe it. */
export interface ForeignObject {
  /** By key. */
  readonly readings: Readonly<Record<string, KeyReading>>;
  /** ARN of the customer key that it is encrypted with. Default: the store's. */
  readonly kmsKeyArn?: string;
}

/**
 * How the keys of an object are read. A key of a bundle is a property of its own name unless facts give another; one with
 * an object to itself is the whole text of it, but in a store whose objects are always JSON.
 */
export function foreignObject(
  { version, kmsKeyArn, keys }: SecretReference,
  read: readonly string[],
  place: {
    readonly layout: "bundle" | "per-key";
    /** Whether the store's objects are always JSON. */
    readonly alwaysJson: boolean;
    /** How a key of that name is called in the operator's words. */
    readonly propertyOf: (key: string) => string;
  },
): ForeignObject {
  const isJson = place.alwaysJson || place.layout === "bundle";
  const readings = read.map((key): readonly [string, KeyReading] => {
    const { property, whole, version: ofKey = version, decode } = own(keys, key) ?? {};
    const path = property ?? (isJson && whole !== true ? place.propertyOf(key) : undefined);
    return [
      key,
      {
        ...(path === undefined ? {} : { property: path }),
        ...(ofKey === undefined ? {} : { version: ofKey }),
        ...(decode === undefined ? {} : { decode }),
      },
    ];
  });
  return { readings: Object.fromEntries(readings), ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) };
}

/** The versions of an object that are read, each once; `undefined` for the newest. */
export function versionsRead({ foreign }: { readonly foreign?: ForeignObject }): readonly (string | undefined)[] {
  if (foreign === undefined) return [undefined];
  return [...new Set(Object.values(foreign.readings).map(({ version }) => version))];
}

/**
 * A version that moves when one of those that are read does: that of the newest, or all of them.
 *
 * @param ask the store's own version of one; without a name, of the newest.
 */
export function versionOfReads(
  object: { readonly foreign?: ForeignObject },
  ask: (version: string | undefined) => Output<string>,
): Output<string> {
  return all(versionsRead(object).map(ask)).apply((each) => each.join("."));
}

/** Path of the fact that makes a secret somebody else's in one store. */
export function referencePath(store: string, id: string): string {
  return configPath(["stores", store, "references", id]);
}

/** What a kind of store can pin, and what its objects are. Pure. */
export interface ReferenceRules {
  /** Whether its objects are always JSON, so that no key can be the whole text of one. */
  readonly alwaysJson: boolean;
  /** What a pinned version must be, for messages: `a version number`. */
  readonly versions: string;
  isVersion(version: string): boolean;
  /** A version as the operator's provider takes it. */
  inOperatorWords(version: string): string;
  /** Whether rights name the customer key of each object. */
  readonly namesKeys: boolean;
}

/** What a store knows of an object that somebody else writes, before anything is written. No value is part of it. */
export interface Inspection {
  /** What is not there: `version 7`, `property "password"`. */
  readonly missing: readonly string[];
  /** What the store does not tell without the value. */
  readonly unchecked: readonly string[];
}

/** Properties that keys of an object are read from, with the version of each. */
export function propertiesRead({ foreign }: { readonly foreign?: ForeignObject }): readonly KeyReading[] {
  return Object.values(foreign?.readings ?? {}).filter(({ property }) => property !== undefined);
}

/** The inspection of an object by a store that shows versions and no properties. */
export async function inspectVersions(
  object: { readonly foreign?: ForeignObject },
  exists: (version: string) => Promise<boolean>,
): Promise<Inspection> {
  const pinned = versionsRead(object).filter((version) => version !== undefined);
  const found = await Promise.all(pinned.map(exists));
  return {
    missing: pinned.filter((_, index) => found[index] !== true).map(versionNamed),
    unchecked: [...new Set(propertiesRead(object).map(propertyNamed))],
  };
}

/**
 * The inspection of an object by a store that shows what a version holds, which stays within this process.
 *
 * @param held what a version holds, the newest without one; `undefined` where there is no such version.
 */
export async function inspectContents(
  object: { readonly foreign?: ForeignObject },
  held: (version: string | undefined) => Promise<string | undefined>,
): Promise<Inspection> {
  const missing: string[] = [];
  const unchecked: string[] = [];
  for (const version of versionsRead(object)) {
    const text = await held(version);
    if (text === undefined) {
      // Of the newest one, the reference itself tells, with the command that restores it.
      if (version !== undefined) missing.push(versionNamed(version));
      continue;
    }
    for (const reading of propertiesRead(object).filter((each) => each.version === version)) {
      const has = hasProperty(text, reading.property ?? "");
      if (has === undefined) unchecked.push(propertyNamed(reading));
      else if (!has) missing.push(propertyNamed(reading));
    }
  }
  return { missing: [...new Set(missing)], unchecked: [...new Set(unchecked)] };
}

function versionNamed(version: string): string {
  return `version ${version}`;
}

function propertyNamed({ property = "", version }: KeyReading): string {
  return `property "${property}"${version === undefined ? "" : ` of version ${version}`}`;
}

/**
 * Whether a text is JSON that has a property; `undefined` where that takes more of gjson than names, positions in lists
 * and escaped dots.
 */
export function hasProperty(text: string, property: string): boolean | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (childOf(value, property) !== undefined) return true;
  // The operator takes dots for a part of the name as well.
  const steps = property.split(/(?<!\\)\./).map((step) => step.replaceAll("\\.", "."));
  if (steps.some((step) => !/^[\w. :/-]+$/.test(step))) return undefined;
  return valueAt(value, steps) !== undefined;
}
