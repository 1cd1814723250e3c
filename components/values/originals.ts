import { own } from "../support/own.ts";
import type { Recipe } from "./recipe.ts";

/** The recipe that a value is made by: of a previous value, that of the key which had it. Pure. */
export function originalOf(recipe: Recipe, recipes: Readonly<Record<string, Recipe>>): Recipe | undefined {
  return recipe.kind === "previous" ? own(recipes, recipe.of) : recipe;
}

/** Recipes by key, with those of the originals in place of previous values: for what is asked of lengths and characters. Pure. */
export function withOriginals(recipes: Readonly<Record<string, Recipe>>): Readonly<Record<string, Recipe>> {
  if (!Object.values(recipes).some(({ kind }) => kind === "previous")) return recipes;
  return Object.fromEntries(
    Object.entries(recipes).map(([key, recipe]) => [key, originalOf(recipe, recipes) ?? recipe]),
  );
}
