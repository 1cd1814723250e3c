import { filtered, type FilterName } from "../values/template-filters.ts";
import type { Placeholder } from "../values/template.ts";

/** How the operator's templates do what a filter does; `undefined` where they can't. */
type OperatorFilter = (variable: string, quoted: boolean) => string | undefined;

/**
 * With the functions that the admission policy lets through. None of them encodes for a URL or hashes, and none writes JSON
 * without its quotation marks.
 */
const operatorFilters: Readonly<Record<FilterName, OperatorFilter>> = {
  uri: () => undefined,
  json: (variable, quoted) => (quoted ? undefined : `{{ .${variable} | toJson }}`),
  base64: (variable) => `{{ .${variable} | b64enc }}`,
  sha256: () => undefined,
};

export interface GeneratedPlace extends Pick<Placeholder, "filter" | "quoted"> {
  /** What its value is called in the operator's template. */
  readonly variable: string;
  /** Every character that the value may hold. */
  readonly characters: string;
}

/**
 * The text of the operator's template for a placeholder of a generated value; `undefined` where it can't do what the
 * filter does. Where no character of the value needs the filter, no function is needed either. Pure.
 */
export function operatorText({ variable, characters, filter, quoted }: GeneratedPlace): string | undefined {
  const value = `{{ .${variable} }}`;
  if (filter === undefined) return value;
  if (filtered(characters, filter, quoted) === characters) return value;
  if (filter === "json" && filtered(characters, filter, true) === characters) return `"${value}"`;
  return operatorFilters[filter](variable, quoted);
}
