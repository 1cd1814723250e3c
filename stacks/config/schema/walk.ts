import type { z } from "zod";
import { childOf } from "../../../components/support/value-at.ts";
import { closest } from "../../../components/support/messages/suggestions.ts";

/** What a schema says of a place in the facts. Pure. */

type Schema = z.core.$ZodTypes;

/** The schema itself, without defaults and what reads a value first. */
export function bare(schema: z.core.$ZodType): Schema {
  const { def } = (schema as Schema)._zod;
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "readonly":
    case "catch":
    case "nonoptional":
      return bare(def.innerType);
    case "pipe":
      return bare(bare(def.in)._zod.def.type === "transform" ? def.out : def.in);
    default:
      return schema as Schema;
  }
}

/** The schema of a value at a path; nothing where the facts have no such place. */
export function schemaAt(root: z.core.$ZodType, path: readonly PropertyKey[], input: unknown): Schema | undefined {
  const [key, ...rest] = path;
  const schema = bare(root);
  if (key === undefined) return schema;
  const next = below(schema, key, input);
  return next === undefined ? undefined : schemaAt(next, rest, childOf(input, key));
}

function below(schema: Schema, key: PropertyKey, input: unknown): z.core.$ZodType | undefined {
  const { def } = schema._zod;
  switch (def.type) {
    case "object":
      return Object.hasOwn(def.shape, key) ? def.shape[String(key)] : undefined;
    case "record":
      return def.valueType;
    case "array":
      return def.element;
    case "union": {
      const option = optionFor(schema, input) ?? def.options[0];
      return option === undefined ? undefined : below(bare(option), key, input);
    }
    default:
      return undefined;
  }
}

/** The option of a union that a value means by its `kind` or the like, also where that is misspelt. */
export function optionFor(schema: Schema, input: unknown): z.core.$ZodObject | undefined {
  const told = discriminated(schema);
  if (told === undefined) return undefined;
  const word = childOf(input, told.discriminator);
  if (typeof word !== "string") return undefined;
  const meant = told.options.has(word) ? word : closest(word, [...told.options.keys()]);
  return meant === undefined ? undefined : told.options.get(meant);
}

export interface Discriminated {
  /** The key that tells the options apart. */
  readonly discriminator: string;
  readonly options: ReadonlyMap<string, z.core.$ZodObject>;
}

/** A union whose options a word of theirs tells apart. */
export function discriminated(schema: Schema): Discriminated | undefined {
  const { def } = schema._zod;
  if (def.type !== "union" || !("discriminator" in def) || typeof def.discriminator !== "string") return undefined;
  const { discriminator } = def;
  const options = def.options.flatMap((option): readonly [string, z.core.$ZodObject][] => {
    const object = bare(option);
    if (object._zod.def.type !== "object") return [];
    const word = object._zod.def.shape[discriminator];
    return word === undefined ? [] : wordsOf(word).map((each) => [each, object as z.core.$ZodObject]);
  });
  return { discriminator, options: new Map(options) };
}

/** The words that may stand at a place; none where anything else may. */
export function wordsOf(schema: z.core.$ZodType | undefined): readonly string[] {
  if (schema === undefined) return [];
  const { def } = bare(schema)._zod;
  if (def.type === "literal") return def.values.map(String);
  return def.type === "enum" ? Object.values(def.entries).map(String) : [];
}

/** The keys that an object may have. */
export function keysOf(schema: Schema | undefined, input: unknown): readonly string[] {
  if (schema === undefined) return [];
  const { def } = schema._zod;
  if (def.type === "object") return Object.keys(def.shape);
  const option = optionFor(schema, input);
  if (option !== undefined) return Object.keys(option._zod.def.shape);
  // Of several forms, the one that is a map.
  const forms = def.type === "union" ? def.options.map(bare) : [];
  return forms.flatMap(({ _zod: { def: form } }) => (form.type === "object" ? Object.keys(form.shape) : []));
}
