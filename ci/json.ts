/** An object of a JSON document that has not been validated. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The document in a text; `undefined` where it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value if it is an object, otherwise an empty object. */
export function asObject(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The value if it is an array, otherwise an empty array. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value if it is a string, otherwise an empty string. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The strings of an array. */
export function asTexts(value: unknown): readonly string[] {
  return asList(value).filter((each) => typeof each === "string");
}
