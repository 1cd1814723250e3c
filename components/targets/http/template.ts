import { placeholderOf, templateParts, type TemplatePart } from "../../values/template.ts";

/** What a request's placeholders stand for: `${username}`, `${password}`, … */
export const requestValues = ["username", "password", "previousPassword", "administratorPassword"] as const;
export type RequestValue = (typeof requestValues)[number];

/** The values of one request. `previousPassword` is absent where the state has none. */
export type RequestValues = Readonly<Partial<Record<RequestValue, string>>>;

/** A value as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const legal = placeholderOf(new RegExp(requestValues.join("|")));

function partsOf(text: string): readonly TemplatePart[] {
  return templateParts(text, legal);
}

/** The values that a text names. */
export function valuesIn(text: string): ReadonlySet<RequestValue> {
  return new Set(partsOf(text).flatMap((part) => (part.kind === "value" ? [part.key as RequestValue] : [])));
}

/** Whether a text has only placeholders that a request knows: no filter, since the place says how a value is written. */
export function isRequestText(text: string): boolean {
  return partsOf(text).every((part) => part.kind === "text" || (part.kind === "value" && part.filter === undefined));
}

/** A text with its values. @param write how a value is written there. */
export function renderText(text: string, values: RequestValues, write: (value: string) => string): string {
  return partsOf(text)
    .map((part) => {
      if (part.kind === "text") return part.text;
      const value = part.kind === "value" ? values[part.key as RequestValue] : undefined;
      if (value === undefined) throw new Error("a request names a value that parsing should have refused");
      return write(value);
    })
    .join("");
}

/** JSON with the values in its texts: what stands in one can't leave it. */
export function renderJson(json: Json, values: RequestValues): Json {
  if (typeof json === "string") return renderText(json, values, (value) => value);
  if (Array.isArray(json)) return json.map((each: Json) => renderJson(each, values));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, each]) => [name, renderJson(each, values)]));
}

/** All texts of JSON in which values may stand. */
export function textsIn(json: Json): readonly string[] {
  if (typeof json === "string") return [json];
  if (Array.isArray(json)) return json.flatMap((each: Json) => textsIn(each));
  if (typeof json !== "object" || json === null) return [];
  return Object.values(json).flatMap((each) => textsIn(each));
}
