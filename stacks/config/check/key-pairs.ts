import { own } from "../../../components/support/own.ts";
import { originalOf } from "../../../components/values/originals.ts";
import type { PublicKeyRecipe } from "../../../components/values/recipe.ts";
import { missingKey, type Problem, type RecipesByKey } from "./hashes.ts";

/** Why a key has no public key; `undefined` where it has, or may have. Pure. */
export function publicKeyProblem({ of }: PublicKeyRecipe, secret: RecipesByKey): Problem | undefined {
  const missing = missingKey("is the public key of", of, secret);
  if (missing !== undefined) return missing;
  const named = own(secret.recipes, of);
  const source = named === undefined ? undefined : originalOf(named, secret.recipes);
  // Of what people provide, only the run sees whether it is a private key.
  if (source === undefined || ["ssh-key-pair", "key-pair", "provided"].includes(source.kind)) return undefined;
  return {
    problem: `is the public key of "${of}", which is no key pair`,
    fix: 'name the key of an sshKeyPair() or keyPair({ type: "…" }), or of a private key that is provided',
  };
}
