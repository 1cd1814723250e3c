import { createHash } from "node:crypto";

/** How a value is written into a template, by the name after the bar: `${password|json}`. */
export interface TemplateFilter {
  /** What of it a message and a reader of the catalogue must know. */
  readonly meaning: string;
  /**
   * @param quoted whether the placeholder stands between quotation marks (`"`) of the template.
   */
  apply(value: string, quoted: boolean): string;
  /** Bytes of what it writes, where all values give the same number. Default: at least those of the value. */
  readonly bytes?: number;
}

/** Every filter. A new one is a row here, one in `components/in-cluster-generation/filters.ts`, and one in docs/values.md. */
export const templateFilters = {
  uri: { meaning: "percent-encoded", apply: (value) => encodeURIComponent(value.toWellFormed()) },
  json: {
    meaning: "as JSON: between quotation marks the characters alone, elsewhere with quotation marks",
    apply: (value, quoted) => {
      const text = JSON.stringify(value.toWellFormed());
      return quoted ? text.slice(1, -1) : text;
    },
  },
  base64: { meaning: "the bytes of its UTF-8 in base64", apply: (value) => Buffer.from(value).toString("base64") },
  sha256: {
    meaning: "the SHA-256 of its UTF-8, in lowercase hexadecimal",
    apply: (value) => createHash("sha256").update(value).digest("hex"),
    bytes: 64,
  },
} as const satisfies Readonly<Record<string, TemplateFilter>>;

export type FilterName = keyof typeof templateFilters;

export const filterNames = Object.keys(templateFilters) as readonly FilterName[];

export function isFilterName(name: string): name is FilterName {
  return Object.hasOwn(templateFilters, name);
}

/** Fewest bytes that a filter makes of a value that has at least so many. */
export function filteredBytes(bytes: number, filter: FilterName | undefined): number {
  return filter === undefined ? bytes : ((templateFilters[filter] as TemplateFilter).bytes ?? bytes);
}

/** A value as its placeholder asks for it. */
export function filtered(value: string, filter: FilterName | undefined, quoted: boolean): string {
  return filter === undefined ? value : (templateFilters[filter] as TemplateFilter).apply(value, quoted);
}
