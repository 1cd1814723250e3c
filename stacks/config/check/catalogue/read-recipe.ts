import { z } from "zod";
import type { Issue } from "../../../../components/support/messages/errors.ts";
import { received } from "../../../../components/support/messages/received.ts";
import { closest, didYouMean, listed } from "../../../../components/support/messages/suggestions.ts";
import { recipeFields } from "../../../../components/values/recipe-fields.ts";
import type { Recipe } from "../../../../components/values/recipe.ts";
import type { ConditionalKey } from "../../../environments/catalogue-spec.ts";
import { anything, readFields, readObject, type Part } from "./fields.ts";
import { cataloguePath } from "./path.ts";

const when = z.literal("high-availability", { error: 'must be "high-availability"' });

/** Reads what a key holds: a recipe, or one that only some environments have. */
export function readKey(part: Part): Recipe | ConditionalKey | undefined {
  const { value, path, issues } = part;
  if (typeof value === "object" && value !== null && (Object.hasOwn(value, "when") || Object.hasOwn(value, "recipe"))) {
    const fields = readFields(part, { when, recipe: anything });
    if (fields === undefined) return undefined;
    const recipe = readRecipe({ value: fields.recipe, path: [...path, "recipe"], issues });
    return recipe === undefined || fields.when === undefined ? undefined : { when: fields.when, recipe };
  }
  return readRecipe(part);
}

const kinds = Object.keys(recipeFields) as readonly Recipe["kind"][];

/** Recipes that are made with an object of options, each with an example. */
const optionsExamples: { readonly [K in Recipe["kind"]]?: string } = {
  password: "password({ length: 40 })",
  passphrase: "passphrase({ words: 12 })",
  "ssh-key-pair": 'sshKeyPair({ type: "rsa-4096" })',
  "key-pair": 'keyPair({ type: "ecdsa-p256" })',
  previous: 'previousOf("<key>", { days: 14 })',
  "public-key": 'publicKeyOf("<key>", { format: "pem" })',
};

function readRecipe(part: Part): Recipe | undefined {
  const { value, path, issues } = part;
  if (typeof value === "string") {
    const problem = `must be a recipe, ${received(value)}`;
    issues.push({ path: cataloguePath(path), problem, fix: 'a value that is no secret is written as literal("…")' });
    return undefined;
  }
  const object = readObject(part, "a recipe, such as password() or hexToken(32)");
  if (object === undefined) return undefined;
  const kind = kinds.find((each) => each === object["kind"]);
  if (kind === undefined) {
    issues.push({ path: cataloguePath(path), ...kindProblem(object["kind"]) });
    return undefined;
  }
  if (Object.hasOwn(object, "options") && optionsExamples[kind] !== undefined) {
    const problem = `takes its options as one object, ${received(object["options"])}`;
    issues.push({ path: cataloguePath(path), problem, fix: `such as ${optionsExamples[kind] ?? ""}` });
    return undefined;
  }
  const before = issues.length;
  const { kind: _, ...rest } = object;
  const fields = readFields({ ...part, value: rest }, recipeFields[kind]);
  return issues.length === before ? ({ kind, ...fields } as unknown as Recipe) : undefined;
}

function kindProblem(kind: unknown): Omit<Issue, "path"> {
  // Shown only where it is nearly one of ours: anything else may be a value.
  if (typeof kind !== "string") return { problem: `has no kind of recipe; there are ${listed(kinds)}` };
  const shown = closest(kind, kinds) === undefined ? received(kind) : `received "${kind}"`;
  return { problem: `is of an unknown kind; there are ${listed(kinds)}; ${shown}`, ...didYouMean(kind, kinds) };
}
