import { staticCredentialKeys } from "../../components/backends/identities.ts";
import { storeSecretKeys } from "../../components/backends/index.ts";
import type { Catalogue } from "../environments/catalogue-spec.ts";

/** Configuration keys that may hold a secret value: what the catalogue asks people for, and the stores' credentials. */
export function secretNames(secrets: Catalogue): readonly string[] {
  const provided = Object.values(secrets).flatMap((app) =>
    Object.values(app.secrets).flatMap(({ keys }) =>
      Object.values(keys).flatMap((entry) => {
        const recipe = "when" in entry ? entry.recipe : entry;
        return recipe.kind === "provided" ? [recipe.config] : [];
      }),
    ),
  );
  return [...new Set([...staticCredentialKeys, ...storeSecretKeys, ...provided])];
}
