import { isRecord } from "../is-record.ts";
import { charactersOf } from "./printable.ts";

/** What was received, as far as a message may say: never a text, which may be a secret that was put in the wrong place. Pure. */

/** A value of TypeScript: `received a list`, `received 12`, `received a text of 7 characters`. */
export function received(value: unknown): string {
  return `received ${inWords(value)}`;
}

/**
 * A value of the configuration file, where it is worth saying: `received a map`. Texts are shown only where they are
 * YAML 1.1's words for a boolean.
 *
 * @param expected the type that was expected (`string`, `boolean`, …), as zod names it. Default: none in particular.
 * @returns `undefined` for a text where a text is expected: what is wrong with it, the rule says.
 */
export function receivedFact(value: unknown, expected = ""): string | undefined {
  if (expected === "string" && typeof value === "boolean") return `received ${value}: put it in quotation marks`;
  if (expected === "string" && typeof value === "number") return "received a number: put it in quotation marks";
  if (typeof value === "string" && value !== "") {
    if (expected === "boolean" && /^(?:y|yes|n|no|on|off)$/i.test(value))
      return `received "${value}", which YAML takes for a text`;
    if (expected === "" || expected === "string") return undefined;
  }
  return isRecord(value) ? "received a map" : received(value);
}

function inWords(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "nothing";
    case "boolean":
      return String(value);
    case "number":
      return numberInWords(value);
    case "string":
      return value === "" ? "an empty text" : `a text of ${charactersOf(value)}`;
    case "object":
      if (value === null) return "nothing";
      return Array.isArray(value) ? "a list" : "an object";
    default:
      return `a ${typeof value}`;
  }
}

/** A number with many digits may be somebody's number, or a token. */
function numberInWords(value: number): string {
  if (Number.isNaN(value)) return "no number at all";
  const digits = String(Math.abs(value)).length;
  return digits > 10 ? `a number of ${digits} digits` : String(value);
}
