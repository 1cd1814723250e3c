import type { Field } from "../support/diff.ts";
import { equal, type JsonMap, type PropertyMap, reveal, toJson, type Value } from "../support/values.ts";

/** Lists that are sets to Vault: their order means nothing. */
export const SET: Field = { same: sameSet };

/** The token settings that every auth role has (hashicorp/terraform-provider-vault, vault/auth_token.go: addTokenFields). */
export const TOKEN_FIELDS: Readonly<Record<string, Field>> = {
  tokenBoundCidrs: SET,
  tokenPolicies: SET,
  tokenTtl: { fallback: 0 },
  tokenMaxTtl: { fallback: 0 },
  tokenExplicitMaxTtl: { fallback: 0 },
  tokenPeriod: { fallback: 0 },
  tokenNumUses: { fallback: 0 },
  tokenNoDefaultPolicy: { fallback: false },
  tokenType: { computed: true },
  aliasMetadata: {},
};

/** `tokenTtl` is `token_ttl` to Vault. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The request for a set of fields. An update sends every field, so that one taken out of the program is reset; a creation
 * sends what the program says.
 */
export function requestOf(
  inputs: PropertyMap,
  fields: Readonly<Record<string, Field>>,
  previous?: PropertyMap,
): JsonMap {
  const body: JsonMap = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = inputs[name];
    if (value !== undefined && !equal(value, field.fallback)) body[snakeCase(name)] = toJson(value);
    else if (previous?.[name] !== undefined && field.computed !== true) body[snakeCase(name)] = resetOf(previous[name]);
  }
  return body;
}

/** The state of a set of fields out of Vault's answer; empty lists and texts are left out, as in the official state. */
export function stateOf(answer: JsonMap, fields: Readonly<Record<string, Field>>): PropertyMap {
  const state: PropertyMap = {};
  for (const name of Object.keys(fields)) {
    const value = answer[snakeCase(name)];
    if (value === undefined || value === null || value === "") state[name] = undefined;
    else if (Array.isArray(value) && value.length === 0) state[name] = undefined;
    else state[name] = value;
  }
  return state;
}

function resetOf(value: Value): Value & (boolean | number | string | []) {
  const plain = reveal(value);
  if (Array.isArray(plain)) return [];
  if (typeof plain === "boolean") return false;
  return typeof plain === "number" ? 0 : "";
}

function sameSet(old: Value | undefined, next: Value | undefined): boolean {
  const sorted = (value: Value | undefined): string[] => {
    const plain = value === undefined ? [] : reveal(value);
    return Array.isArray(plain) ? plain.map((item) => JSON.stringify(item)).sort() : [];
  };
  return equal(sorted(old), sorted(next));
}
