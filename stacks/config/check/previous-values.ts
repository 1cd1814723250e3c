import { configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { own } from "../../../components/support/own.ts";
import { isRandom, type PreviousRecipe } from "../../../components/values/recipe.ts";
import { initialEpoch, type SecretSpec } from "../../../components/values/secret-spec.ts";
import type { SecretDraft } from "./catalogue/draft.ts";
import { missingKey, type Problem, type RecipesByKey } from "./hashes.ts";

/** Why a key has no previous value; `undefined` where it has, or may have. Pure. */
export function previousProblem({ of }: PreviousRecipe, secret: RecipesByKey): Problem | undefined {
  const missing = missingKey("holds the previous value of", of, secret);
  if (missing !== undefined) return missing;
  const source = own(secret.recipes, of);
  if (source === undefined || isRandom(source)) return undefined;
  const problem = `holds the previous value of "${of}", which is not generated: a rotation gives it no new one`;
  if (source.kind !== "provided") return { problem, fix: "name a key that is, such as one of hexToken()" };
  return { problem, fix: 'provide its previous value as well, under a key of its own: providedOptionally("…")' };
}

/** Days that are no fewer than those between rotations: each rotation would end the time of the value before. Pure. */
export function overlapProblems({
  secret: { rotateEveryDays },
  recipes,
  path,
}: Pick<SecretDraft, "secret" | "recipes"> & { readonly path: (key: string) => string }): readonly Issue[] {
  if (rotateEveryDays === undefined) return [];
  return Object.entries(recipes).flatMap(([key, recipe]): readonly Issue[] => {
    if (recipe.kind !== "previous" || recipe.days < rotateEveryDays) return [];
    return [
      {
        path: path(key),
        problem: `the previous value stays valid for ${daysText(recipe.days)}, and the secret is due for rotation every ${daysText(rotateEveryDays)}: each rotation would come too early`,
        fix: "give it fewer days than rotateEveryDays",
      },
    ];
  });
}

function daysText(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

/** Entries of `retirePrevious` that retire nothing. Pure. */
export function checkRetired(secrets: readonly SecretSpec[]): readonly Issue[] {
  return secrets.flatMap((secret): readonly Issue[] => {
    const { id, retired, epoch } = secret;
    if (retired === undefined) return [];
    const path = configPath(["retirePrevious", id]);
    if (!Object.values(secret.keys).some(({ kind }) => kind === "previous")) {
      return [
        { path, problem: "has no effect: no key of the secret holds a previous value", fix: removeCommand(path) },
      ];
    }
    if (epoch !== initialEpoch && Date.parse(retired) <= Date.parse(epoch)) return [];
    const rotate = `to rotate the secret as well: ${setCommand(["rotations", id], retired)}`;
    if (epoch === initialEpoch) {
      return [{ path, problem: `names the rotation ${retired}, and the secret was never rotated`, fix: rotate }];
    }
    return [
      {
        path,
        problem: `names the rotation ${retired}, and the secret was rotated last at ${epoch}`,
        fix: `to retire the value before that: ${setCommand(["retirePrevious", id], epoch)}; ${rotate}`,
      },
    ];
  });
}
