import { AzureRefusal } from "../answers.ts";
import type { SecretInput } from "./secrets.ts";

/** Reads the body of "Set Secret". */
export function parseSetBody(body: unknown): SecretInput {
  const fields = objectOf(body, "The request body");
  const value = fields["value"];
  if (typeof value !== "string") throw bad("The property 'value' is required, and is a text.");
  return { value, ...parseUpdateBody(body) };
}

/** Reads the body of "Update Secret": everything but the value. */
export function parseUpdateBody(body: unknown): Omit<SecretInput, "value"> {
  const { contentType, tags, attributes } = objectOf(body, "The request body");
  return {
    ...optional("contentType", textOrNone(contentType, "contentType")),
    ...optional("tags", tags === undefined || tags === null ? undefined : tagsOf(tags)),
    ...attributesOf(attributes, "nbf", "exp"),
  };
}

/** Reads attributes; Resource Manager names the two times otherwise than the vault itself. */
export function attributesOf(
  attributes: unknown,
  notBefore: string,
  expires: string,
): Pick<SecretInput, "enabled" | "nbf" | "exp"> {
  if (attributes === undefined || attributes === null) return {};
  const fields = objectOf(attributes, "The property 'attributes'");
  const enabled = fields["enabled"] ?? undefined;
  if (enabled !== undefined && typeof enabled !== "boolean") throw bad("The property 'enabled' is true or false.");
  return {
    ...optional("enabled", enabled),
    ...optional("nbf", secondsOf(fields[notBefore], notBefore)),
    ...optional("exp", secondsOf(fields[expires], expires)),
  };
}

/** Reads tags: texts by name. */
export function tagsOf(tags: unknown): Record<string, string> {
  const fields = objectOf(tags, "The property 'tags'");
  for (const value of Object.values(fields)) if (typeof value !== "string") throw bad("A tag's value is a text.");
  return fields as Record<string, string>;
}

/** A JSON object, or a refusal that names what should have been one. */
export function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw bad(`${what} is not a JSON object.`);
}

/** A text that may be left out. */
export function textOrNone(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw bad(`The property '${name}' is a text.`);
  return value;
}

function secondsOf(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) throw bad(`The property '${name}' is a whole number.`);
  return value;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}

function bad(message: string): AzureRefusal {
  return new AzureRefusal(400, "BadParameter", message);
}
