import type { Issue } from "../../../components/support/errors.ts";
import { bcryptLimit } from "../../../components/values/bcrypt.ts";
import type { Recipe } from "../../../components/values/recipe.ts";
import {
  isRandom,
  maximumLength,
  mayBeWeak,
  recipeProblem,
  strength,
  type RandomRecipe,
} from "../../../components/values/recipes/index.ts";
import { brokenPlaceholders, templateKeys } from "../../../components/values/template.ts";

/** What is wrong with the recipes of one secret: weak rules, keys that name keys which are not there, cycles. Pure. */
export function checkRecipes(
  path: string,
  keys: Readonly<Record<string, Recipe>>,
  minimumBits: number,
): readonly Issue[] {
  return [
    ...Object.entries(keys).flatMap(([key, recipe]) =>
      checkRecipe(`${path}.keys["${key}"]`, recipe, keys, minimumBits),
    ),
    ...checkCycles(path, keys),
  ];
}

function checkRecipe(
  path: string,
  recipe: Recipe,
  keys: Readonly<Record<string, Recipe>>,
  minimumBits: number,
): readonly Issue[] {
  if (isRandom(recipe)) {
    const issue = recipeProblem(recipe) ?? weakness(recipe, minimumBits);
    return issue === undefined ? [] : [{ path, ...issue }];
  }
  if (recipe.kind === "bcrypt") return checkBcrypt(path, recipe.of, keys);
  if (recipe.kind === "template") return checkTemplate(path, recipe.text, keys);
  if (recipe.kind === "literal" && recipe.value === "") return [{ path, problem: "a literal must not be empty" }];
  return [];
}

function weakness(recipe: RandomRecipe, minimumBits: number): Omit<Issue, "path"> | undefined {
  const bits = strength(recipe);
  if (mayBeWeak(recipe) || bits >= minimumBits) return undefined;
  const problem = `a value of ${bits} bits is weaker than the environment's minimum of ${minimumBits}`;
  return { problem, fix: "make it longer, or allow more kinds of characters" };
}

function checkBcrypt(path: string, of: string, keys: Readonly<Record<string, Recipe>>): readonly Issue[] {
  const source = keys[of];
  if (source === undefined) return [{ path, problem: unknownKey("hashes", of, keys) }];
  if (source.kind === "bcrypt" || source.kind === "template") {
    return [{ path, problem: `hashes "${of}", which is a ${source.kind} itself; hash the key that it is made of` }];
  }
  if (isRandom(source) && maximumLength(source) > bcryptLimit) {
    const problem = `hashes "${of}", which has ${maximumLength(source)} characters; bcrypt reads the first ${bcryptLimit} only`;
    return [{ path, problem }];
  }
  return [];
}

function checkTemplate(path: string, text: string, keys: Readonly<Record<string, Recipe>>): readonly Issue[] {
  const unknown = templateKeys(text).filter((key) => keys[key] === undefined);
  return [
    ...unknown.map((key) => ({ path, problem: unknownKey("names", key, keys) })),
    ...brokenPlaceholders(text).map((found) => ({
      path,
      problem: `"${found}" is no placeholder: allowed are \${KEY} and \${KEY|uri}`,
    })),
    ...(templateKeys(text).length === 0 ? [{ path, problem: "a template must name at least one key" }] : []),
    ...templateKeys(text)
      .filter((key) => keys[key]?.kind === "bcrypt")
      .map((key) => ({ path, problem: `names "${key}", which is a hash; templates take values` })),
  ];
}

/** Templates that name each other in a circle, or themselves, have no value. */
function checkCycles(path: string, keys: Readonly<Record<string, Recipe>>): readonly Issue[] {
  const nested = Object.entries(keys).flatMap(([key, recipe]) =>
    recipe.kind === "template"
      ? templateKeys(recipe.text)
          .filter((named) => keys[named]?.kind === "template")
          .map((named) => [key, named] as const)
      : [],
  );
  return nested.map(([key, named]) => ({
    path: `${path}.keys["${key}"]`,
    problem: reaches(named, key, nested)
      ? `is made of "${named}", which is made of it in turn`
      : `names "${named}", which is a template itself; name the keys that it is made of`,
  }));
}

function reaches(
  from: string,
  to: string,
  edges: readonly (readonly [string, string])[],
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  const onward = new Set([...seen, from]);
  return edges.some(([start, end]) => start === from && reaches(end, to, edges, onward));
}

function unknownKey(verb: string, key: string, keys: Readonly<Record<string, Recipe>>): string {
  return `${verb} "${key}", and the secret has no such key; it has ${Object.keys(keys).sort().join(", ")}`;
}
