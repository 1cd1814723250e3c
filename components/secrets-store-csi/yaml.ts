type Fields = Readonly<Record<string, unknown>>;

/**
 * A parameter that holds YAML, written as JSON, which YAML contains. So every text is in quotation marks: providers read it
 * by YAML 1.1 too, in which a key called `on` would be a truth value.
 */
export function yamlText(value: readonly Fields[] | Fields): string {
  return JSON.stringify(value, undefined, 2);
}

/** The form of the provider for Azure: a list of texts, each of which is YAML itself. */
export function yamlArray(entries: readonly Fields[]): string {
  return yamlText({ array: entries.map((entry) => yamlText(entry)) });
}
