import { isRecord } from "./is-record.ts";

/** The fields of a text that is a JSON object; none where it is anything else, or no JSON. Its error would quote the text. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
