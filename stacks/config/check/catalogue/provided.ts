import { staticCredentialKeys } from "../../../../components/backends/identities.ts";
import { storeSecretKeys } from "../../../../components/backends/index.ts";
import type { Issue } from "../../../../components/support/messages/errors.ts";
import { clippedName } from "../../../../components/support/messages/printable.ts";
import { targetPasswordsKey } from "../../../../components/targets/kind.ts";
import type { ProvidedRecipe } from "../../../../components/values/recipe.ts";
import { factKeys } from "../../schema/index.ts";
import type { SecretDraft } from "./draft.ts";
import { configKeyProblem } from "./names.ts";
import { keyPath } from "./path.ts";

interface Use {
  readonly path: string;
  /** `<app>/<secret> <key>`. */
  readonly where: string;
  readonly recipe: ProvidedRecipe;
}

/** What is wrong with the configuration keys of provided values. Pure. */
export function checkProvided(secrets: readonly SecretDraft[]): readonly Issue[] {
  const uses = secrets.flatMap(({ app, name, recipes }) =>
    Object.entries(recipes).flatMap(([key, recipe]): readonly Use[] =>
      recipe.kind === "provided"
        ? [{ path: keyPath(app, name, key), where: clippedName(`${app}/${name} ${key}`), recipe }]
        : [],
    ),
  );
  const required = new Map(
    uses.filter(({ recipe }) => !recipe.optional).map((use) => [use.recipe.config, use] as const),
  );
  return uses.flatMap(({ path, recipe: { config, optional } }): readonly Issue[] => {
    const problem = configKeyProblem(config) ?? ownKeyProblem(config);
    if (problem !== undefined) return [{ path, ...problem }];
    const other = optional ? required.get(config) : undefined;
    if (other === undefined) return [];
    return [
      {
        path,
        problem: `${config} is optional here, and ${other.where} requires it`,
        fix: "let both be provided(…), or both providedOptionally(…)",
      },
    ];
  });
}

/** A key that the program reads for itself. */
function ownKeyProblem(config: string): Omit<Issue, "path"> | undefined {
  const fix = "choose another name, and declare it in Pulumi.yaml";
  if ((factKeys as readonly string[]).includes(config)) {
    return { problem: `"${config}" is a configuration key of facts, which are not secret`, fix };
  }
  if (![...staticCredentialKeys, ...storeSecretKeys, targetPasswordsKey].includes(config)) return undefined;
  return {
    problem: `"${config}" is a configuration key of the program itself, for credentials of stores and targets`,
    fix,
  };
}
