import { randomBytes } from "node:crypto";
import type { Field } from "./diff.ts";
import type { CheckFailure } from "./provider.ts";
import { containsUnknown, equal, isMap, type PropertyMap, reveal, secret, type Value } from "./values.ts";

/** What the stand-ins of bridged plugins share: how the bridge around a Terraform provider treats properties. */

/** Where the bridge notes which inputs it filled in by itself. */
export const DEFAULTS_KEY = "__defaults";

type Fields = Readonly<Record<string, Field>>;

/** Inputs with a name: the program's, the one made up before, or a new one. */
export function autonamed(
  autoname: string | undefined,
  inputs: PropertyMap,
  oldInputs: PropertyMap,
  name: string,
): PropertyMap {
  if (autoname === undefined || inputs[autoname] !== undefined) return inputs;
  const old = isAutonamed(oldInputs, autoname) ? oldInputs[autoname] : undefined;
  return {
    ...inputs,
    [autoname]: old ?? `${name}-${randomBytes(4).toString("hex").slice(0, 7)}`,
    [DEFAULTS_KEY]: [autoname],
  };
}

/**
 * Whether a replacement keeps the name that the program chose, which can't exist twice (pulumi-terraform-bridge,
 * provider.go: nameRequiresDeleteBeforeReplace); a name that was made up is made up anew.
 */
export function keepsChosenName(autoname: string | undefined, state: PropertyMap, inputs: PropertyMap): boolean {
  return autoname !== undefined && equal(state[autoname], inputs[autoname]) && !isAutonamed(inputs, autoname);
}

function isAutonamed(inputs: PropertyMap, autoname: string): boolean {
  const defaults = inputs[DEFAULTS_KEY];
  return Array.isArray(defaults) && defaults.includes(autoname);
}

/** What inputs are where the program leaves them out. */
export function defaultsOf(fields: Fields): PropertyMap {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { fallback }]) =>
      fallback === undefined ? [] : [[name, fallback] as const],
    ),
  );
}

/** Properties as they are kept: without notes and write-only inputs, secrets marked. */
export function keptState(
  properties: PropertyMap,
  {
    secretOutputs,
    writeOnly = [],
  }: { readonly secretOutputs: readonly string[]; readonly writeOnly?: readonly string[] },
): PropertyMap {
  const entries = Object.entries(properties)
    .filter(([name, value]) => value !== undefined && name !== DEFAULTS_KEY && !writeOnly.includes(name))
    .map(([name, value]) => [name, secretOutputs.includes(name) ? secret(value ?? null) : value] as const);
  return Object.fromEntries(entries);
}

/** What a check finds: inputs without a field, required ones that are missing, and what the resource itself refuses. */
export function failuresOf(
  resource: {
    readonly required: readonly string[];
    readonly validate?: (inputs: PropertyMap) => readonly CheckFailure[];
  },
  fields: Fields,
  inputs: PropertyMap,
  unknownReason: (name: string) => string,
): readonly CheckFailure[] {
  const unknownNames = Object.keys(inputs).filter((name) => !(name in fields) && name !== DEFAULTS_KEY);
  return [
    ...unknownNames.map((name) => ({ property: name, reason: unknownReason(name) })),
    ...resource.required
      .filter((name) => inputs[name] === undefined)
      .map((name) => ({ property: name, reason: `missing required property '${name}'` })),
    ...(containsUnknown(inputs) ? [] : (resource.validate?.(revealed(inputs)) ?? [])),
  ];
}

/**
 * What a refresh tells the program about: inputs it set, with the values the server has now. A field with two spellings
 * keeps the program's (pkg/tfbridge/schema.go: extractInputs, "If this value has a StateFunc").
 */
export function refreshedInputs(inputs: PropertyMap, outputs: PropertyMap, fields: Fields): PropertyMap {
  const entries = Object.entries(inputs).map(([name, value]): [string, Value | undefined] => {
    const field = fields[name];
    const now = outputs[name];
    if (field === undefined || field.same !== undefined || now === undefined) return [name, value];
    return [name, equal(value, now) ? value : now];
  });
  return Object.fromEntries(entries);
}

/** Inputs of an import: what the server has and a program would have to say. */
export function importedInputs(
  outputs: PropertyMap,
  fields: Fields,
  saysNothing: (value: Value | undefined) => boolean = isZero,
): PropertyMap {
  const entries = Object.entries(outputs).filter(
    ([name, value]) => name in fields && !equal(value, fields[name]?.fallback) && !saysNothing(value),
  );
  return Object.fromEntries(entries);
}

/** Whether a value is its type's zero, or a map of nothing but such. */
export function isZero(value: Value | undefined): boolean {
  const plain = value === undefined ? null : reveal(value);
  if (Array.isArray(plain)) return plain.length === 0;
  if (isMap(plain)) return Object.values(plain).every(isZero);
  return plain === null || plain === false || plain === 0 || plain === "";
}

/** The same properties with every secret in clear, for a server. */
export function revealed(map: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, value === undefined ? undefined : reveal(value)]),
  );
}
