import { isRecord } from "./is-record.ts";

/**
 * The texts by name that a secret configuration value holds as JSON, those that are not empty; `undefined` where the value is
 * something else. Not thrown: the parser's own message would quote a part of the value.
 */
export function textsByName(value: string): Readonly<Record<string, string>> | undefined {
  let found: unknown;
  try {
    found = JSON.parse(value);
  } catch {
    return undefined;
  }
  if (!isRecord(found)) return undefined;
  const entries = Object.entries(found);
  const texts = entries.flatMap(([name, text]) => (typeof text === "string" ? [[name, text] as const] : []));
  if (texts.length < entries.length) return undefined;
  return Object.fromEntries(texts.filter(([, text]) => text !== ""));
}
