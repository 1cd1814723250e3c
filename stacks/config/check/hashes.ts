import type { Issue } from "../../../components/support/messages/errors.ts";
import { own } from "../../../components/support/own.ts";
import { clippedName } from "../../../components/support/messages/printable.ts";
import { received } from "../../../components/support/messages/received.ts";
import { closest, didYouMean, listed } from "../../../components/support/messages/suggestions.ts";
import { bcryptLimit } from "../../../components/values/bcrypt.ts";
import { isDerived } from "../../../components/values/derived.ts";
import { endsAsEpoch } from "../../../components/values/frozen.ts";
import { legalUser, mostBytesOfUser, type HtpasswdRecipe } from "../../../components/values/htpasswd.ts";
import { originalOf } from "../../../components/values/originals.ts";
import { isRandom, type DerivedRecipe, type Recipe } from "../../../components/values/recipe.ts";
import { maximumLength, minimumLength } from "../../../components/values/recipes/index.ts";

/** What is wrong with one key; its path is known to whoever asks. */
export type Problem = Omit<Issue, "path">;

/** The keys of one secret. */
export interface RecipesByKey {
  readonly recipes: Readonly<Record<string, Recipe>>;
  /** Names of all keys, those without a readable recipe among them. */
  readonly names: ReadonlySet<string>;
}

/** What a derived value is called in messages. */
export const derivedNames: Readonly<Record<DerivedRecipe["kind"], string>> = {
  bcrypt: "a hash",
  "docker-config": "a Docker config",
  htpasswd: "an htpasswd file",
  "public-key": "a public key",
  template: "a template",
};

/** Why a key can't be hashed with bcrypt; `undefined` where it can. Pure. */
export function hashProblem(of: string, secret: RecipesByKey): Problem | undefined {
  const missing = missingKey("hashes", of, secret);
  if (missing !== undefined) return missing;
  const named = own(secret.recipes, of);
  const source = named === undefined ? undefined : originalOf(named, secret.recipes);
  if (source === undefined) return undefined;
  if (isDerived(source)) {
    const problem = `hashes "${of}", which is ${derivedNames[source.kind]} itself`;
    return { problem, fix: "hash the key that it is made of" };
  }
  if (source.kind === "literal" && source.value.includes("\0")) {
    return { problem: `hashes "${of}", which holds a NUL character: readers of bcrypt hashes stop there` };
  }
  if (source.kind === "literal" && source.value === "") {
    return { problem: `hashes "${of}", which is empty: whoever gives no password would pass` };
  }
  const bytes = isRandom(source)
    ? maximumLength(source)
    : source.kind === "literal"
      ? Buffer.byteLength(source.value)
      : 0;
  if (!(bytes > bcryptLimit)) return undefined;
  const has = isRandom(source) && minimumLength(source) < bytes ? "may have" : "has";
  const problem = `hashes "${of}", which ${has} ${bytes} bytes; bcrypt reads the first ${bcryptLimit} only`;
  return { problem, fix: `make "${of}" shorter` };
}

/** A key that a recipe names, and that the secret does not have. */
export function missingKey(verb: string, of: string, { names }: RecipesByKey): Problem | undefined {
  if (names.has(of)) return undefined;
  // What is named may be a value by mistake: it is shown only where it is nearly a key.
  const shown = closest(of, names) === undefined ? received(of) : `received "${clippedName(of)}"`;
  return {
    problem: `${verb} a key that the secret does not have; it has ${listed(names)}; ${shown}`,
    ...didYouMean(of, names),
  };
}

/** What is wrong with an htpasswd file. Pure. */
export function htpasswdProblems({ users }: HtpasswdRecipe, secret: RecipesByKey): readonly Problem[] {
  const entries = Object.entries(users);
  if (entries.length === 0) {
    return [{ problem: "has no users", fix: 'name the key of each password: htpasswd({ admin: "adminPassword" })' }];
  }
  return entries.flatMap(([user, key]) => [userProblem(user) ?? [], hashProblem(key, secret) ?? []].flat());
}

function userProblem(user: string): Problem | undefined {
  const bytes = Buffer.byteLength(user);
  if (bytes > mostBytesOfUser) {
    return { problem: `has a user whose name has ${bytes} bytes; htpasswd allows at most ${mostBytesOfUser}` };
  }
  if (endsAsEpoch(user)) {
    const rule =
      'the name of a user does not end with "@" and a date, as the names of values do that the state keeps of a rotation';
    return { problem: `${rule}, ${received(user)}` };
  }
  if (legalUser.test(user)) return undefined;
  const rule = 'the name of a user consists of printable ASCII without spaces and ":", and does not begin with "#"';
  return { problem: `${rule}, ${received(user)}` };
}
