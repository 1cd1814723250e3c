import { isRecord } from "./is-record.ts";

/** What a text says in JSON; `undefined` where it is no JSON. An error would quote the text. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of a text that is a JSON object; none where it is anything else, or no JSON. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = parsedJson(text);
  return isRecord(value) ? value : {};
}
