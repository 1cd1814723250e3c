import { own } from "../../../components/support/own.ts";
import type { Recipe } from "../../../components/values/recipe.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { factsNamed, withFacts } from "../../../components/values/template.ts";
import type { StackOutput, TemplateFact } from "../schema/template-facts.ts";

export type TemplateFacts = Readonly<Record<string, TemplateFact>>;

/** The values that facts give themselves, as text. */
export function givenValues(facts: TemplateFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, fact]) => (typeof fact === "object" ? [] : [[name, String(fact)]])),
  );
}

/** A recipe with the values that facts give written into it. What another stack has stays a placeholder. */
export function withGiven(recipe: Recipe, given: Readonly<Record<string, string>>): Recipe {
  if (recipe.kind !== "template") return recipe;
  const text = withFacts(recipe.text, given);
  return text === recipe.text ? recipe : { ...recipe, text };
}

/**
 * The outputs of other stacks that the templates of these secrets name, by the fact's name, in alphabetical order. Of a
 * referenced secret nothing is made, and no output is read for it; in a cluster none can be.
 */
export function outputsNamed(
  secrets: readonly Pick<SecretSpec, "keys" | "origin">[],
  facts: TemplateFacts,
): ReadonlyMap<string, StackOutput> {
  const recipes = secrets.filter(isMadeHere).flatMap(({ keys }) => Object.values(keys));
  const named = new Set(recipes.flatMap((recipe) => (recipe.kind === "template" ? factsNamed(recipe.text) : [])));
  return new Map(
    [...named].sort().flatMap((name): readonly [string, StackOutput][] => {
      const fact = own(facts, name);
      return typeof fact === "object" ? [[name, fact]] : [];
    }),
  );
}
