import { quotedName } from "../../../components/support/messages/printable.ts";
import { own } from "../../../components/support/own.ts";
import { isDerived, sourcesOf } from "../../../components/values/derived.ts";
import { isBytes, type Recipe } from "../../../components/values/recipe.ts";
import { templateParts } from "../../../components/values/template.ts";
import type { Problem, RecipesByKey } from "./hashes.ts";

/**
 * What can't be made of bytes. To the program they are their base64, so that a hash would be that of another text than the
 * application reads. A template may hold the base64. Pure.
 */
export function bytesProblems(recipe: Recipe, { recipes }: Pick<RecipesByKey, "recipes">): readonly Problem[] {
  // Few secrets have any: a long template is not read again for nothing.
  if (!isDerived(recipe) || !Object.values(recipes).some(isBytes)) return [];
  const bytes = [...new Set(sourcesOf(recipe))].filter((key) => isBytes(own(recipes, key)));
  if (recipe.kind !== "template") {
    return bytes.map((key) => ({
      problem: `is made of ${quotedName(key)}, which is bytes (providedBytes): it would be made of their base64`,
      fix: "provide the value as text: provided(…)",
    }));
  }
  const encoded = templateParts(recipe.text).flatMap((part) =>
    part.kind === "value" && bytes.includes(part.key) && (part.filter === "base64" || part.filter === "sha256")
      ? [part]
      : [],
  );
  return encoded.map(({ key, filter }) => ({
    problem: `has \${${key}|${filter ?? ""}}, and ${quotedName(key)} is bytes (providedBytes), which stand in a template as their base64`,
    fix: filter === "base64" ? `write \${${key}}` : "provide the value as text: provided(…)",
  }));
}
