import type { SecretAddress } from "../support/naming.ts";
import { own } from "../support/own.ts";

/** What a scheme of names may name. */
export const schemePlaceholders = ["platform", "environment", "application", "secret", "key"] as const;
export type SchemePlaceholder = (typeof schemePlaceholders)[number];

const placeholder = /\{([^{}]*)\}/g;

/** The words in braces of a scheme, in order. */
export function wordsOf(scheme: string): readonly string[] {
  return [...scheme.matchAll(placeholder)].map(([, word = ""]) => word);
}

/** Whether a brace is left over. */
export function hasStrayBrace(scheme: string): boolean {
  return /[{}]/.test(scheme.replaceAll(placeholder, ""));
}

/**
 * The name of an object by the scheme of its store, such as `{environment}/{application}/{secret}`. What is legal, and
 * whether two objects get one name, is checked as of any other. Pure.
 *
 * @param key that the object holds, where each key has one: its own name, also for a secret's primary key.
 */
export function schemedName(scheme: string, address: SecretAddress, key: string | undefined): string {
  const { platform, environment, app, secret } = address;
  const parts: Readonly<Record<string, string>> = { platform, environment, application: app, secret, key: key ?? "" };
  return scheme.replaceAll(placeholder, (_, word: string) => own(parts, word) ?? "");
}
