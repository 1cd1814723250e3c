/** Placeholders of a template recipe: `${KEY}`, or `${KEY|uri}` for the percent-encoded value. */
const placeholder = /\$\{(?<key>[-._a-zA-Z0-9]+)(?<encoding>\|uri)?\}/g;

/** The keys that a template names, in order, each once. */
export function templateKeys(text: string): readonly string[] {
  return [...new Set([...text.matchAll(placeholder)].map((match) => match.groups?.["key"] ?? ""))];
}

/** What is left of a template that looks like a placeholder but is none, such as `${A|upper}`. */
export function brokenPlaceholders(text: string): readonly string[] {
  return text.replaceAll(placeholder, "").match(/\$\{[^}]*\}?/g) ?? [];
}

/**
 * Fills a template. A key without a value (an optional provided one) makes the whole template absent: half a connection
 * string is worse than none.
 */
export function fillTemplate(text: string, values: Readonly<Record<string, string | undefined>>): string | undefined {
  if (templateKeys(text).some((key) => values[key] === undefined)) return undefined;
  return replacePlaceholders(text, (key, encoded) => {
    const value = values[key] ?? "";
    return encoded ? encodeURIComponent(value) : value;
  });
}

/** A template with something else for each placeholder, by its key and whether its value is to be percent-encoded. */
export function replacePlaceholders(text: string, by: (key: string, encoded: boolean) => string): string {
  return text.replaceAll(placeholder, (_, key: string, encoding: string | undefined) =>
    by(key, encoding !== undefined),
  );
}
