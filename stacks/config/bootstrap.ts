import type { Issue } from "../../components/support/messages/errors.ts";
import { isRandom } from "../../components/values/recipes/index.ts";
import { isMadeHere, type SecretSpec } from "../../components/values/secret-spec.ts";
import { accountsOf, type Environment } from "./environment.ts";

/**
 * The generated keys that an application reads at its first start alone, and that nothing resets there: a new value would reach
 * the Secret and not the application. Pure.
 */
export function unresetKeys(environment: Pick<Environment, "accounts">, spec: SecretSpec): readonly string[] {
  if (spec.bootstrapOnly !== true || !isMadeHere(spec)) return [];
  const reset = new Set(accountsOf(environment, spec.id).map(({ password }) => password));
  return Object.entries(spec.keys).flatMap(([key, recipe]) => (isRandom(recipe) && !reset.has(key) ? [key] : []));
}

/** Why such a secret has no rotation, and the ways out. */
export function unresetProblem(keys: readonly string[]): Required<Omit<Issue, "path">> {
  return {
    problem: `its application reads ${keys.join(", ")} at its first start alone (bootstrapOnly), and nothing resets it there: a new value would be in the Secret, and the old one in the application`,
    fix:
      "name what resets it: accounts with a target, such as grafana, argo-cd, http or job (docs/rotation.md#read-at-the-first-start)\n" +
      "    or, if the application reads it at each start, take bootstrapOnly out of the catalogue",
  };
}
