import { staticCredentialKeys } from "../../components/backends/identities.ts";
import { storeSecretKeys } from "../../components/backends/index.ts";
import { targetPasswordsKey } from "../../components/targets/kind.ts";
import type { ProvidedRecipe } from "../../components/values/recipe.ts";
import type { Catalogue } from "../environments/catalogue-spec.ts";
import { checkCatalogue } from "./check/catalogue/index.ts";
import { factKeys } from "./schema/index.ts";

/** Configuration keys that may hold a secret value: what the catalogue asks people for, and credentials of stores and targets. */
export function secretNames(secrets: Catalogue): readonly string[] {
  const provided = providedRecipes(secrets).map(({ config }) => config);
  return [...new Set([...staticCredentialKeys, ...storeSecretKeys, targetPasswordsKey, ...provided])];
}

/**
 * What a catalogue asks people for, as far as it can be read. A key of facts holds none, whatever a catalogue says: it is
 * refused there.
 */
export function providedRecipes(catalogue: Catalogue): readonly ProvidedRecipe[] {
  return Object.values(checkCatalogue(catalogue).catalogue)
    .flatMap(({ secrets }) => Object.values(secrets))
    .flatMap(({ keys }) => Object.values(keys))
    .map((entry) => ("when" in entry ? entry.recipe : entry))
    .filter((recipe) => recipe.kind === "provided")
    .filter(({ config }) => !(factKeys as readonly string[]).includes(config));
}
