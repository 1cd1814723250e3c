import type { SecretShape } from "../../../components/backends/remote-object.ts";
import { own } from "../../../components/support/own.ts";
import { sourcesOf } from "../../../components/values/derived.ts";
import { withOriginals } from "../../../components/values/originals.ts";
import { isRandom, type DockerConfigRecipe, type Recipe } from "../../../components/values/recipe.ts";
import { characters, maximumLength, minimumLength } from "../../../components/values/recipes/index.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { filtered, filteredBytes } from "../../../components/values/template-filters.ts";
import { fillTemplate, replacePlaceholders, templateKeys, templateParts } from "../../../components/values/template.ts";
import type { Environment } from "../environment.ts";

/**
 * A secret as a store sees it: name, keys and lengths. Pure.
 *
 * @param referencedBy the fact that makes it somebody else's in the store: no recipe tells anything of its values there.
 */
export function shapeOfSecret(
  spec: Pick<Environment, "name" | "platform">,
  secret: SecretSpec,
  referencedBy?: string,
): SecretShape {
  const keys = Object.keys(secret.keys);
  // A previous value is made like the current one, and often is it.
  const recipes = withOriginals(secret.keys);
  const isOthers = referencedBy !== undefined;
  const empty = isOthers ? [] : keys.filter((key) => isEmpty(key, recipes));
  const doubleBraces = isOthers ? [] : keys.filter((key) => mayHoldDoubleBraces(key, recipes));
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
        const bytes = isOthers ? undefined : knownBytes(key, recipes);
        return bytes === undefined ? [] : [[key, bytes] as const];
      }),
    ),
    ...(doubleBraces.length === 0 ? {} : { doubleBraces }),
    ...(empty.length === 0 ? {} : { empty }),
    ...(isOthers ? { referenced: true } : {}),
  };
}

type Recipes = Readonly<Record<string, Recipe>>;

/**
 * Fewest bytes that the value of a key has, as far as its recipe tells; `undefined` where nothing is known. A filter makes none shorter but a hash, which has a length of its own.
 */
export function knownBytes(key: string, recipes: Recipes): number | undefined {
  const recipe = own(recipes, key);
  if (recipe === undefined) return undefined;
  if (recipe.kind === "docker-config") return dockerConfigBytes(recipe, recipes);
  if (recipe.kind !== "template") return directBytes(recipe);
  return templateParts(recipe.text).reduce((sum, part) => {
    if (part.kind === "fact") return sum + filteredBytes(0, part.filter);
    if (part.kind !== "value") return sum + Buffer.byteLength(part.text);
    const source = own(recipes, part.key);
    const bytes = source === undefined ? 0 : (directBytes(source) ?? 0);
    return sum + filteredBytes(bytes, part.filter);
  }, 0);
}

/** Whether the value of a key is empty for certain. */
function isEmpty(key: string, recipes: Recipes): boolean {
  const recipe = own(recipes, key);
  if (recipe?.kind === "literal") return recipe.value === "";
  if (recipe?.kind !== "template") return false;
  const isLiteral = (source: string) => own(recipes, source)?.kind === "literal";
  return templateKeys(recipe.text).every(isLiteral) && fillTemplate(recipe.text, literalsOf(recipes)) === "";
}

function literalsOf(recipes: Recipes): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(recipes).flatMap(([key, recipe]) => (recipe.kind === "literal" ? [[key, recipe.value]] : [])),
  );
}

function directBytes(recipe: Recipe): number | undefined {
  if (isRandom(recipe)) return minimumLength(recipe);
  return recipe.kind === "literal" ? Buffer.byteLength(recipe.value) : undefined;
}

/** Bytes of a Docker config as far as those of its values are known: `"<host>":{"auth":"…","password":"…","username":"…"}`. */
function dockerConfigBytes({ registries }: DockerConfigRecipe, recipes: Recipes): number {
  const bytesOf = (key: string): number => {
    const source = own(recipes, key);
    return source === undefined ? 0 : (directBytes(source) ?? 0);
  };
  return Object.entries(registries).reduce((sum, [registry, { username, password }]) => {
    const [user, pass] = [bytesOf(username), bytesOf(password)];
    return sum + registry.length + 42 + user + pass + 4 * Math.ceil((user + 1 + pass) / 3);
  }, 11);
}

/** Whether the value of a key holds `{{`, for certain or by chance, as far as its recipe tells. */
function mayHoldDoubleBraces(key: string, recipes: Recipes): boolean {
  const recipe = own(recipes, key);
  if (recipe === undefined) return false;
  if (recipe.kind !== "template") return sampleOf(recipe, recipes).includes("{{");
  const sample = replacePlaceholders(recipe.text, {
    key: ({ key: named, filter, quoted }) => {
      const source = own(recipes, named);
      return source === undefined ? "" : filtered(sampleOf(source, recipes), filter, quoted);
    },
    // Of an output of another stack nothing is known: it is looked at when it is written.
    fact: () => "-",
  });
  return sample.includes("{{");
}

/** A value with as many braces as it may have, and without any where nothing is known of it. */
function sampleOf(recipe: Recipe, recipes: Recipes): string {
  if (recipe.kind === "docker-config") {
    const values = sourcesOf(recipe).flatMap((key) => own(recipes, key) ?? []);
    return `{${JSON.stringify(values.map((value) => sampleOf(value, recipes)))}}`;
  }
  if (recipe.kind === "literal") return recipe.value;
  if (!isRandom(recipe) || !characters(recipe).includes("{")) return "-";
  return "{".repeat(Math.min(2, maximumLength(recipe)));
}
