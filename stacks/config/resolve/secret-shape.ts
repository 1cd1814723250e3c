import type { SecretShape } from "../../../components/backends/remote-object.ts";
import { own } from "../../../components/support/own.ts";
import { isRandom, type Recipe } from "../../../components/values/recipe.ts";
import { characters, maximumLength } from "../../../components/values/recipes/index.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { filtered } from "../../../components/values/template-filters.ts";
import { replacePlaceholders, templateParts } from "../../../components/values/template.ts";
import type { Environment } from "../environment.ts";

/** A secret as its stores see it: name, keys and lengths. Pure. */
export function shapeOfSecret(spec: Pick<Environment, "name" | "platform">, secret: SecretSpec): SecretShape {
  const keys = Object.keys(secret.keys);
  const doubleBraces = keys.filter((key) => mayHoldDoubleBraces(key, secret.keys));
  return {
    address: {
      platform: spec.platform,
      environment: spec.name,
      app: secret.app,
      secret: secret.name,
      path: secret.path,
    },
    keys,
    ...(secret.primaryKey === undefined ? {} : { primaryKey: secret.primaryKey }),
    lengths: Object.fromEntries(
      keys.flatMap((key) => {
        const bytes = knownBytes(key, secret.keys);
        return bytes === undefined ? [] : [[key, bytes] as const];
      }),
    ),
    ...(doubleBraces.length === 0 ? {} : { doubleBraces }),
    ...(secret.origin.kind === "referenced" ? { referenced: true } : {}),
  };
}

type Recipes = Readonly<Record<string, Recipe>>;

/**
 * Fewest bytes that the value of a key has, as far as its recipe tells; `undefined` where nothing is known. Random values
 * have one length only, and a filter makes none shorter.
 */
export function knownBytes(key: string, recipes: Recipes): number | undefined {
  const recipe = own(recipes, key);
  if (recipe === undefined) return undefined;
  if (recipe.kind !== "template") return directBytes(recipe);
  return templateParts(recipe.text).reduce((sum, part) => {
    if (part.kind === "fact") return sum;
    if (part.kind !== "value") return sum + Buffer.byteLength(part.text);
    const source = own(recipes, part.key);
    return sum + (source === undefined ? 0 : (directBytes(source) ?? 0));
  }, 0);
}

function directBytes(recipe: Recipe): number | undefined {
  if (isRandom(recipe)) return maximumLength(recipe);
  return recipe.kind === "literal" ? Buffer.byteLength(recipe.value) : undefined;
}

/** Whether the value of a key holds `{{`, for certain or by chance, as far as its recipe tells. */
function mayHoldDoubleBraces(key: string, recipes: Recipes): boolean {
  const recipe = own(recipes, key);
  if (recipe === undefined) return false;
  if (recipe.kind !== "template") return sampleOf(recipe).includes("{{");
  const sample = replacePlaceholders(recipe.text, {
    key: ({ key: named, filter, quoted }) => {
      const source = own(recipes, named);
      return source === undefined ? "" : filtered(sampleOf(source), filter, quoted);
    },
    // Of an output of another stack nothing is known: it is looked at when it is written.
    fact: () => "-",
  });
  return sample.includes("{{");
}

/** A value with as many braces as it may have, and without any where nothing is known of it. */
function sampleOf(recipe: Recipe): string {
  if (recipe.kind === "literal") return recipe.value;
  if (!isRandom(recipe) || !characters(recipe).includes("{")) return "-";
  return "{".repeat(Math.min(2, maximumLength(recipe)));
}
