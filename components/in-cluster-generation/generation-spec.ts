import { own } from "../support/own.ts";
import { isRandom, type RandomRecipe, type Recipe, type TemplateRecipe } from "../values/recipe.ts";
import { characters } from "../values/recipes/index.ts";
import type { SecretSpec } from "../values/secret-spec.ts";
import { filtered } from "../values/template-filters.ts";
import { replacePlaceholders } from "../values/template.ts";
import { operatorText } from "./filters.ts";
import { operatorGenerator, type Generator } from "./generator.ts";

/** How the operator makes a secret: generators, and a template that their values are put into. Plain data. */
export interface GenerationSpec {
  readonly generators: readonly NamedGenerator[];
  /** Text of each key, as a template of the operator. */
  readonly template: Readonly<Record<string, string>>;
}

/** A generator, and what its value is called in the template. */
export interface NamedGenerator {
  readonly variable: string;
  readonly generator: Generator;
}

/**
 * How the operator makes a secret. Pure. Values are numbered: its templates can't name a key such as `admin-password`.
 *
 * @throws where it can't, which `checkGeneration` finds while the configuration is parsed.
 */
export function generationSpec({ keys }: Pick<SecretSpec, "keys">): GenerationSpec {
  const generated = Object.entries(keys).filter(isGeneratedKey);
  const variables = new Map(generated.map(([key], index) => [key, `value${index}`]));

  const render = (key: string): string => {
    const recipe = own(keys, key);
    const variable = variables.get(key);
    if (variable !== undefined) return `{{ .${variable} }}`;
    if (recipe?.kind === "literal") return recipe.value;
    throw new Error(`the operator can't make key ${key}, which is of kind ${recipe?.kind ?? "none"}`);
  };
  const fill = ({ text }: TemplateRecipe): string =>
    replacePlaceholders(text, {
      key: ({ key, filter, quoted }) => {
        const [variable, recipe] = [variables.get(key), own(keys, key)];
        if (variable === undefined || recipe === undefined || !isRandom(recipe)) {
          return filtered(render(key), filter, quoted);
        }
        const written = operatorText({ variable, characters: characters(recipe), filter, quoted });
        if (written === undefined)
          throw new Error(`the operator can't write key ${key} with filter ${filter ?? "none"}`);
        return written;
      },
      fact: ({ fact }) => {
        throw new Error(`the operator doesn't know fact ${fact}`);
      },
    });

  return {
    generators: generated.map(([, recipe], index) => ({
      variable: `value${index}`,
      generator: operatorGenerator(recipe),
    })),
    template: Object.fromEntries(
      Object.entries(keys).map(([key, recipe]) => [key, recipe.kind === "template" ? fill(recipe) : render(key)]),
    ),
  };
}

function isGeneratedKey(entry: [string, Recipe]): entry is [string, RandomRecipe] {
  return isRandom(entry[1]);
}
