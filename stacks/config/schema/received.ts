import { charactersOf } from "../../../components/support/names.ts";

/** What was read, as far as a message may say: never a text, which may be secret wherever it was put by mistake. Pure. */

/** A type in the words of the configuration file. */
export function wantedType(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    object: "must be a map of keys and values",
    record: "must be a map of keys and values",
    array: "must be a list",
    int: "must be a whole number",
    number: "must be a number",
    string: "must be a text",
    boolean: "must be true or false",
  };
  return words[expected] ?? "has another form than docs/facts.md describes";
}

export function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

/**
 * What stands there instead. Numbers and booleans are shown where one is wanted, and texts only where they are YAML 1.1's
 * words for a boolean.
 */
export function receivedInstead(value: unknown, expected = ""): string | undefined {
  switch (typeof value) {
    case "boolean":
      return expected === "string" ? `${value}: put it in quotation marks` : String(value);
    case "number":
      return receivedNumber(value, expected);
    case "string":
      return receivedText(value, expected);
    case "object":
      if (value === null) return "nothing";
      return Array.isArray(value) ? "a list" : "a map";
    default:
      return "nothing";
  }
}

/** A number with many digits may be somebody's number, or a token. */
function receivedNumber(value: number, expected: string): string {
  const digits = String(Math.abs(value)).length;
  if (expected === "string") return "a number: put it in quotation marks";
  return digits > 10 ? `a number of ${digits} digits` : String(value);
}

function receivedText(text: string, expected: string): string | undefined {
  if (text === "") return "an empty text";
  if (expected === "boolean" && /^(?:y|yes|n|no|on|off)$/i.test(text)) return `"${text}", which YAML takes for a text`;
  return ["", "string"].includes(expected) ? undefined : `a text of ${charactersOf(text)}`;
}
