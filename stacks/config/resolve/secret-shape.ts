import type { SecretShape } from "../../../components/backends/remote-object.ts";
import { isRandom, type Recipe } from "../../../components/values/recipe.ts";
import { maximumLength } from "../../../components/values/recipes/index.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Environment } from "../environment.ts";

/** A secret as its stores see it: name, keys and lengths. Pure. */
export function shapeOfSecret(spec: Pick<Environment, "name" | "platform">, secret: SecretSpec): SecretShape {
  return {
    address: {
      platform: spec.platform,
      environment: spec.name,
      app: secret.app,
      secret: secret.name,
      path: secret.path,
    },
    keys: Object.keys(secret.keys),
    ...(secret.primaryKey === undefined ? {} : { primaryKey: secret.primaryKey }),
    lengths: Object.fromEntries(
      Object.entries(secret.keys).flatMap(([key, recipe]) => {
        const length = maximumLengthRecipe(recipe);
        return length === undefined ? [] : [[key, length] as const];
      }),
    ),
  };
}

/** Most characters that a value has, as far as its recipe tells. */
function maximumLengthRecipe(recipe: Recipe): number | undefined {
  if (isRandom(recipe)) return maximumLength(recipe);
  return recipe.kind === "literal" ? recipe.value.length : undefined;
}
