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

/** `${fact:NAME}` or `${fact:NAME|filter}`: stands for a fact of the environment (`templateFacts`). No key can hold a colon. */
export interface FactPlaceholder {
  readonly kind: "fact";
  readonly fact: string;
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
export type TemplatePart =
  { readonly kind: "text"; readonly text: string } | Placeholder | FactPlaceholder | BrokenPlaceholder;

/** Name of a fact that templates may name. */
export const factName = /^[a-zA-Z0-9][-._a-zA-Z0-9]{0,99}$/;

/**
 * A whole placeholder: of a fact or a key, with its filter.
 *
 * @param key how a template names a key.
 */
export function placeholderOf(key: RegExp): RegExp {
  const fact = factName.source.slice(1, -1);
  return new RegExp(`^\\$\\{(?:fact:(?<fact>${fact})|(?<key>${key.source}))(?:\\|(?<filter>[^|{}]+))?\\}$`);
}

const placeholder = placeholderOf(/[-._a-zA-Z0-9]+/);

/**
 * Reads a template. Of dollar signs right before a brace, two stand for one: `$${` is the text `${`, and `$$${KEY}` a
 * dollar sign before a value.
 *
 * @param legal a whole placeholder (`placeholderOf`). Default: one that names a key of the same secret.
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

function readPlaceholder(
  text: string,
  quoted: boolean,
  legal: RegExp,
): Placeholder | FactPlaceholder | BrokenPlaceholder {
  const { key, fact, filter } = legal.exec(text)?.groups ?? {};
  if (filter !== undefined && !isFilterName(filter)) return { kind: "broken", text };
  if (fact !== undefined) return { kind: "fact", fact, filter, quoted };
  return key === undefined ? { kind: "broken", text } : { kind: "value", key, filter, quoted };
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

/** The facts that a template names, in order, each once. */
export function factsNamed(text: string, legal?: RegExp): readonly string[] {
  return [...new Set(templateParts(text, legal).flatMap((part) => (part.kind === "fact" ? [part.fact] : [])))];
}

/**
 * A template with the values of these facts in the place of their placeholders, as if they had been written there. What has
 * no value here stays a placeholder; a dollar sign of a value never becomes the beginning of one.
 *
 * @param legal as of `templateParts`.
 */
export function withFacts(text: string, facts: Readonly<Record<string, string>>, legal?: RegExp): string {
  const parts = templateParts(text, legal);
  if (!parts.some((part) => part.kind === "fact" && own(facts, part.fact) !== undefined)) return text;
  let [written, pending] = ["", ""];
  for (const part of parts) {
    const value = part.kind === "fact" ? own(facts, part.fact) : undefined;
    if (part.kind === "text") pending += part.text;
    else if (part.kind === "fact" && value !== undefined) pending += filtered(value, part.filter, part.quoted);
    else {
      // Dollar signs at its end stand right before the brace of what follows.
      written += `${escaped(pending).replace(/\$+$/, "$&$&")}${sourceOf(part)}`;
      pending = "";
    }
  }
  return `${written}${escaped(pending)}`;
}

/** A text as a template has it. */
function escaped(text: string): string {
  return text.replaceAll(/\$+(?=\{)/g, "$&$&");
}

function sourceOf(part: Placeholder | FactPlaceholder | BrokenPlaceholder): string {
  if (part.kind === "broken") return part.text;
  const name = part.kind === "fact" ? `fact:${part.fact}` : part.key;
  return `\${${name}${part.filter === undefined ? "" : `|${part.filter}`}}`;
}

/** What looks like a placeholder but is none, such as `${A|upper}`. */
export function brokenPlaceholders(text: string): readonly string[] {
  return templateParts(text).flatMap((part) => (part.kind === "broken" ? [part.text] : []));
}

/**
 * Fills a template whose facts are written into it. A key without a value (an optional provided one), or a fact that is not
 * known, makes the whole template absent: half a connection string is worse than none.
 */
export function fillTemplate(text: string, values: Readonly<Record<string, string | undefined>>): string | undefined {
  if (templateKeys(text).some((key) => own(values, key) === undefined) || factsNamed(text).length > 0) return undefined;
  return replacePlaceholders(text, {
    key: ({ key, filter, quoted }) => filtered(own(values, key) ?? "", filter, quoted),
    fact: () => "",
  });
}

/** What stands for placeholders instead. */
export interface Replacements {
  readonly key: (placeholder: Placeholder) => string;
  readonly fact: (placeholder: FactPlaceholder) => string;
}

/** A template with something else for each placeholder. What is broken stays as it is. */
export function replacePlaceholders(text: string, by: Replacements): string {
  return templateParts(text)
    .map((part) => (part.kind === "value" ? by.key(part) : part.kind === "fact" ? by.fact(part) : part.text))
    .join("");
}
