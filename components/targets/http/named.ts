import type { HttpSpec, RequestSpec } from "./spec.ts";
import { textsIn, valuesIn, type RequestValue } from "./template.ts";

/** The values that a request names. */
export function namedIn({ url, headers, json, form }: Omit<RequestSpec, "authentication">): ReadonlySet<RequestValue> {
  const texts = [url, ...Object.values(headers), ...textsIn(json ?? null), ...Object.values(form ?? {})];
  return new Set(texts.flatMap((text) => [...valuesIn(text)]));
}

/** Whether the API asks for the password before. */
export function namesPrevious({ request }: Pick<HttpSpec, "request">): boolean {
  return namedIn(request).has("previousPassword");
}

/** Whether the administrator has to prove who it is. */
export function needsAdministrator({ request, examine }: Pick<HttpSpec, "request" | "examine">): boolean {
  return [request, ...(examine === undefined ? [] : [examine])].some(
    (each) => each.authentication !== "none" || namedIn(each).has("administratorPassword"),
  );
}
