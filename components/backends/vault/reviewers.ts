import { isRecord } from "../../support/is-record.ts";
import { kubernetesMethods } from "./auth-types.ts";
import type { VaultKvSpec } from "./kv.ts";

/** Configuration key of the reviewer tokens with which Vault verifies tokens at clusters, as JSON by cluster. */
export const reviewersKey = "vaultReviewerTokens";

/**
 * The tokens by cluster, those that are not empty; `undefined` where the text is something else. Not thrown: the parser's
 * own message would quote a part of the value.
 */
export function reviewersIn(text: string): Readonly<Record<string, string>> | undefined {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(found)) return undefined;
  const entries = Object.entries(found);
  const texts = entries.flatMap(([cluster, token]) => (typeof token === "string" ? [[cluster, token] as const] : []));
  if (texts.length < entries.length) return undefined;
  return Object.fromEntries(texts.filter(([, token]) => token !== ""));
}

/** Clusters that a store's auth methods, as far as they are made here, ask with a token of the configuration. */
export function reviewedBy({ auth }: Pick<VaultKvSpec, "auth">): readonly string[] {
  return kubernetesMethods(auth.methods)
    .filter(([, { reviewer }]) => reviewer === undefined)
    .map(([cluster]) => cluster);
}
