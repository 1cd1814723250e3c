import { own } from "../support/own.ts";
import { filtered, isFilterName, type FilterName } from "./template-filters.ts";

/** `${KEY}` or `${KEY|filter}`: stands for the value of another key of the same secret. */
export interface Placeholder {
  readonly kind: "value";
  readonly key: string;
  readonly filter: FilterName | undefined;
  /** Whether it stands between quotation marks (`"`) of the template. */
  readonly quoted: boolean;
}

/** What begins like a placeholder and is none, such as `${A|upper}`. */
export interface BrokenPlaceholder {
  readonly kind: "broken";
  /** From its dollar sign to its closing brace, or to the end of the template. */
  readonly text: string;
}

/** A template is a row of these. */
export type TemplatePart = { readonly kind: "text"; readonly text: string } | Placeholder | BrokenPlaceholder;

const placeholder = /^\$\{(?<key>[-._a-zA-Z0-9]+)(?:\|(?<filter>[^|{}]+))?\}$/;

/**
 * Reads a template. Of dollar signs right before a brace, two stand for one: `$${` is the text `${`, and `$$${KEY}` a
 * dollar sign before a value.
 *
 * @param legal a whole placeholder, with its groups `key` and `filter`. Default: one that names a key of the same secret.
 */
export function templateParts(text: string, legal = placeholder): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let quoted = false;
  const say = (words: string): void => {
    if (words === "") return;
    quoted = isQuotedAfter(words, quoted);
    parts.push({ kind: "text", text: words });
  };
  let end = 0;
  for (let at = text.indexOf("${"); at !== -1; at = text.indexOf("${", end)) {
    let first = at;
    while (first > end && text[first - 1] === "$") first -= 1;
    const dollars = at + 1 - first;
    // What was doubled, with the text before it.
    say(`${text.slice(end, first)}${"$".repeat(Math.floor(dollars / 2))}`);
    end = at + 1;
    if (dollars % 2 === 0) continue;
    const closing = text.indexOf("}", at);
    end = closing === -1 ? text.length : closing + 1;
    parts.push(readPlaceholder(text.slice(at, end), quoted, legal));
  }
  say(text.slice(end));
  return parts;
}

function readPlaceholder(text: string, quoted: boolean, legal: RegExp): Placeholder | BrokenPlaceholder {
  const { key, filter } = legal.exec(text)?.groups ?? {};
  if (key === undefined) return { kind: "broken", text };
  if (filter !== undefined && !isFilterName(filter)) return { kind: "broken", text };
  return { kind: "value", key, filter, quoted };
}

/** Whether a text leaves a quotation mark open. */
function isQuotedAfter(text: string, before: boolean): boolean {
  let quoted = before;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "\\" && quoted) index += 1;
    else if (text[index] === '"') quoted = !quoted;
  }
  return quoted;
}

/** The keys that a template names, in order, each once. */
export function templateKeys(text: string): readonly string[] {
  return [...new Set(templateParts(text).flatMap((part) => (part.kind === "value" ? [part.key] : [])))];
}

/** What looks like a placeholder but is none, such as `${A|upper}`. */
export function brokenPlaceholders(text: string): readonly string[] {
  return templateParts(text).flatMap((part) => (part.kind === "broken" ? [part.text] : []));
}

/**
 * Fills a template. A key without a value (an optional provided one) makes the whole template absent: half a connection
 * string is worse than none.
 */
export function fillTemplate(text: string, values: Readonly<Record<string, string | undefined>>): string | undefined {
  if (templateKeys(text).some((key) => own(values, key) === undefined)) return undefined;
  return replacePlaceholders(text, ({ key, filter, quoted }) => filtered(own(values, key) ?? "", filter, quoted));
}

/** A template with something else for each placeholder. What is broken stays as it is. */
export function replacePlaceholders(text: string, by: (placeholder: Placeholder) => string): string {
  return templateParts(text)
    .map((part) => (part.kind === "value" ? by(part) : part.text))
    .join("");
}
