import { factsNamed, placeholderOf, templateParts, withFacts, type TemplatePart } from "../values/template.ts";
import type { FilterName } from "../values/template-filters.ts";

/**
 * Templates of a Secret, which the operator renders in the cluster: this program never sees the values. They name keys of
 * secrets (`${db/password|uri}`) and mean the same as the templates of a secret, which are rendered here.
 */

/** `<secret>/<key>` or `<app>/<secret>/<key>`. */
const placeholder = placeholderOf(/(?:[-a-z0-9]+\/)?[-a-z0-9]+\/[-._a-zA-Z0-9]+/);

/** The parts of a template of a Secret. Texts that follow one another are one. */
export function deliveryTemplateParts(text: string): readonly TemplatePart[] {
  return templateParts(text, placeholder).reduce<readonly TemplatePart[]>((parts, part) => {
    const last = parts.at(-1);
    if (part.kind !== "text" || last?.kind !== "text") return [...parts, part];
    return [...parts.slice(0, -1), { kind: "text", text: `${last.text}${part.text}` }];
  }, []);
}

/** What a template of a Secret names: `<secret>/<key>` or `<app>/<secret>/<key>`, each once. */
export function deliveryTemplateSources(text: string): readonly string[] {
  return [...new Set(deliveryTemplateParts(text).flatMap((part) => (part.kind === "value" ? [part.key] : [])))];
}

/** The facts that a template of a Secret names, each once. */
export function deliveryTemplateFacts(text: string): readonly string[] {
  return factsNamed(text, placeholder);
}

/** A template of a Secret with the values of these facts written into it: whoever reads the operator's objects sees them. */
export function withDeliveryFacts(text: string, facts: Readonly<Record<string, string>>): string {
  return withFacts(text, facts, placeholder);
}

/**
 * The template as the operator reads it (Go's `text/template` with the functions that the admission policy lets through).
 *
 * @param variableOf what the operator calls the value of a source.
 * @throws where `unrenderable` finds a part.
 */
export function operatorTemplate(text: string, variableOf: (source: string) => string): string {
  return withoutJsonQuotes(deliveryTemplateParts(text))
    .map((part, index, parts) => {
      if (part.kind === "text") return withoutActions(part.text, parts[index + 1]?.kind === "value");
      if (part.kind === "broken") throw new Error("a template has a broken placeholder");
      if (part.kind === "fact") throw new Error(`the operator doesn't know fact ${part.fact}`);
      const { key, filter, quoted } = part;
      if (filter === "json" && quoted) throw new Error(`${key} stands within a text of JSON`);
      if (filter === "sha256") throw new Error(`${key} is hashed, for which the operator is allowed no function`);
      return `{{ .${variableOf(key)}${filter === undefined ? "" : ` | ${functionsOf[filter]}`} }}`;
    })
    .join("");
}

/** Sources that are hashed, for which the admission policies allow no function. */
export function hashed(text: string): readonly string[] {
  return deliveryTemplateParts(text).flatMap((part) =>
    part.kind === "value" && part.filter === "sha256" ? [part.key] : [],
  );
}

/** Sources with a filter that the operator has no function for at their place. */
export function unrenderable(text: string): readonly string[] {
  return withoutJsonQuotes(deliveryTemplateParts(text)).flatMap((part) =>
    part.kind === "value" && part.filter === "json" && part.quoted ? [part.key] : [],
  );
}

/**
 * Functions that do what a filter does. `urlquery` encodes more than `encodeURIComponent`, and a space as a plus; a plus or
 * percent sign of the value is encoded before the rest is put back. `toJson` writes `<`, `>` and `&` as escapes, which are
 * the same text to whoever reads the JSON.
 */
const functionsOf: Readonly<Record<Exclude<FilterName, "sha256">, string>> = {
  uri: [
    "urlquery",
    ...Object.entries({ "+": "%20", "%21": "!", "%27": "'", "%28": "(", "%29": ")", "%2A": "*" }).map(
      ([from, to]) => `replace "${from}" "${to}"`,
    ),
  ].join(" | "),
  json: "toJson",
  base64: "b64enc",
};

/**
 * The operator writes JSON with its quotation marks alone: those of the template around a whole value go. Elsewhere within a
 * text there is no function for it.
 */
function withoutJsonQuotes(parts: readonly TemplatePart[]): readonly TemplatePart[] {
  return parts.map((part, index) => {
    if (part.kind === "value" && isJsonInQuotes(parts, index)) return { ...part, quoted: false };
    if (part.kind !== "text") return part;
    const [start, end] = [isJsonInQuotes(parts, index - 1) ? 1 : 0, isJsonInQuotes(parts, index + 1) ? -1 : undefined];
    return { ...part, text: part.text.slice(start, end) };
  });
}

/** Whether a part is a value as JSON that quotation marks stand around, and nothing else within them. */
function isJsonInQuotes(parts: readonly TemplatePart[], index: number): boolean {
  const [before, part, after] = [parts[index - 1], parts[index], parts[index + 1]];
  if (part?.kind !== "value" || part.filter !== "json" || !part.quoted) return false;
  return isText(before) && isText(after) && /(?<!\\)"$/.test(before.text) && after.text.startsWith('"');
}

function isText(part: TemplatePart | undefined): part is Extract<TemplatePart, { kind: "text" }> {
  return part?.kind === "text";
}

/**
 * A text in which the operator finds no action: two braces would begin one, and so would one right before an action. They
 * are written as a constant.
 */
function withoutActions(text: string, isBeforeAction: boolean): string {
  return text.replaceAll(/\{+/g, (braces, at: number) => {
    const isLast = at + braces.length === text.length;
    return braces.length > 1 || (isLast && isBeforeAction) ? `{{ "${braces}" }}` : braces;
  });
}
