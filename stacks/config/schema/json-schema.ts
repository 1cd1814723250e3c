import { z } from "zod";
import { facts } from "./index.ts";

/** What an editor is told of a file of facts. */
export interface FactsSchemaArgs {
  /** Name of the project, which keys begin with. */
  readonly project: string;
  /** Keys that hold secret values. */
  readonly secretKeys: readonly string[];
  /** What a key is, by its name. */
  readonly descriptions: Readonly<Record<string, string>>;
}

type Json = Record<string, unknown>;

/**
 * JSON schema of `Pulumi.<stack>.yaml`, made of the schema that the program checks facts with. Editors complete keys by it
 * and underline what is wrong. Rules about several facts are beyond it. Pure.
 */
export function factsJsonSchema({ project, secretKeys, descriptions }: FactsSchemaArgs): Json {
  const { properties } = z.toJSONSchema(facts, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      showInner(zodSchema, jsonSchema);
    },
  });
  const described = (name: string, schema: object): Json => {
    const description = descriptions[name];
    return { ...(description === undefined ? {} : { description }), ...schema };
  };
  const plain = Object.entries(properties ?? {}).map(
    ([name, schema]) => [name, described(name, typeof schema === "object" ? schema : {})] as const,
  );
  const secret = [...secretKeys].sort().map((name) => [name, described(name, encrypted)] as const);
  const keys = [...plain, ...secret];
  const places = keys.map(([name]) => [name, { $ref: `#/$defs/${name}` }] as const);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `Facts of an environment of ${project}`,
    type: "object",
    properties: {
      config: {
        type: "object",
        // Pulumi adds the project's name to a key without one.
        properties: Object.fromEntries([
          ...places.map(([name, ref]) => [`${project}:${name}`, ref] as const),
          ...places,
        ]),
        patternProperties: { [`^(?!${project}:)[^:]+:`]: {} },
        additionalProperties: false,
      },
    },
    $defs: Object.fromEntries(keys),
  };
}

const encrypted = {
  type: "object",
  properties: { secure: { type: "string", description: "Encrypted by Pulumi (--secret)." } },
  required: ["secure"],
  additionalProperties: false,
};

/**
 * A value that is read before it is checked (a date or a number that YAML takes for something else): its own schema, and
 * numbers where it is a text.
 */
function showInner({ _zod: { def } }: z.core.$ZodTypes, json: Json): void {
  if (def.type !== "pipe" || (def.in as z.core.$ZodTypes)._zod.def.type !== "transform") return;
  const { $schema: _, ...inner } = z.toJSONSchema(def.out, { io: "input", unrepresentable: "any" });
  Object.assign(json, inner.type === "string" ? { ...inner, type: ["string", "number"] } : inner);
}
