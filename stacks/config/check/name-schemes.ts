import {
  hasStrayBrace,
  schemePlaceholders,
  wordsOf,
  type SchemePlaceholder,
} from "../../../components/backends/name-scheme.ts";
import type { Layout } from "../../../components/backends/remote-object.ts";
import { blank, configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { didYouMean, listed } from "../../../components/support/messages/suggestions.ts";

/**
 * What is wrong with a store's scheme of names by itself: a word that is none, or too little to tell objects apart. What
 * the store says of the names that it makes is checked with its objects. Pure.
 */
export function schemeIssues(store: string, scheme: string, layout: Layout): readonly Issue[] {
  const path = configPath(["stores", store, "nameScheme"]);
  const words = wordsOf(scheme);
  const known: readonly string[] = schemePlaceholders;
  const unknown = [...new Set(words)].filter((word) => !known.includes(word));
  const usual = layout === "bundle" ? "{application}/{secret}" : "{application}/{secret}/{key}";
  if (hasStrayBrace(scheme)) {
    const problem = "has a brace that belongs to no placeholder: no name of an object has one";
    return [{ path, problem, fix: `such as ${usual}` }];
  }
  if (unknown.length > 0) {
    return unknown.map((word) => ({
      path,
      problem: `names ${quotedName(word)}, which is no placeholder; there are ${listed(schemePlaceholders)}`,
      ...didYouMean(word, schemePlaceholders),
    }));
  }
  const needed: readonly SchemePlaceholder[] = [
    "application",
    "secret",
    ...(layout === "per-key" ? (["key"] as const) : []),
  ];
  const missing = needed.filter((word) => !words.includes(word));
  if (missing.length > 0) {
    const each = missing.map((word) => `{${word}}`).join(" and ");
    return [{ path, problem: `must hold ${each}: without, two objects would have one name`, fix: `such as ${usual}` }];
  }
  if (layout === "bundle" && words.includes("key")) {
    const problem = "must not hold {key}: an object of this store has all keys of a secret (layout bundle)";
    return [{ path, problem, fix: setCommand(path, blank("scheme without {key}")) }];
  }
  return [];
}
