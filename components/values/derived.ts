import { own } from "../support/own.ts";
import { unreachable } from "../support/messages/errors.ts";
import { bcryptHash, saltOf } from "./bcrypt.ts";
import { dockerConfigJson, dockerConfigKeys } from "./docker-config.ts";
import { htpasswdLines, saltOfUser } from "./htpasswd.ts";
import { isRandom, type DerivedRecipe, type Recipe } from "./recipe.ts";
import { publicKeyText } from "./public-key.ts";
import { factsNamed, fillTemplate, templateKeys, withFacts } from "./template.ts";

const derivedKinds: Readonly<Record<DerivedRecipe["kind"], true>> = {
  bcrypt: true,
  "docker-config": true,
  htpasswd: true,
  "public-key": true,
  template: true,
};

/** Whether a value is made of other keys of the same secret. */
export function isDerived(recipe: Recipe): recipe is DerivedRecipe {
  return Object.hasOwn(derivedKinds, recipe.kind);
}

/** The keys that a value is made of: none where it stands by itself. */
export function sourcesOf(recipe: Recipe): readonly string[] {
  if (recipe.kind === "previous") return [recipe.of];
  if (!isDerived(recipe)) return [];
  switch (recipe.kind) {
    case "bcrypt":
    case "public-key":
      return [recipe.of];
    case "docker-config":
      return dockerConfigKeys(recipe);
    case "htpasswd":
      return Object.values(recipe.users);
    case "template":
      return templateKeys(recipe.text);
    default:
      return unreachable(recipe);
  }
}

/** Whether a value is made of facts that are not written into its recipe: outputs of other stacks. */
export function namesFacts(recipe: Recipe): boolean {
  return recipe.kind === "template" && factsNamed(recipe.text).length > 0;
}

/** A recipe with these facts written into it; `undefined` where it names one that is not among them. */
export function withKnownFacts(
  recipe: DerivedRecipe,
  facts: Readonly<Record<string, string>>,
): DerivedRecipe | undefined {
  if (recipe.kind !== "template") return recipe;
  const filled = { ...recipe, text: withFacts(recipe.text, facts) };
  return namesFacts(filled) ? undefined : filled;
}

/** What is made once and then kept for a derived value. */
export interface Salt {
  /** Key of its `Stash`: see `epochName`. No key holds a slash. */
  readonly name: string;
  /** The salt that an existing value was made with; `undefined` where it has none. */
  readonly heldIn: (value: string) => string | undefined;
}

/** The salts of a derived value, each kept by itself: a user that is added or removed changes no other hash. */
export function saltsOf(key: string, recipe: Recipe): readonly Salt[] {
  switch (recipe.kind) {
    case "bcrypt":
      return [{ name: key, heldIn: saltOf }];
    case "htpasswd":
      return Object.keys(recipe.users).map((user) => ({
        name: saltName(key, user),
        heldIn: (value) => saltOfUser(value, user),
      }));
    default:
      return [];
  }
}

/** Keys of what is made once for a value, and kept in a `Stash` each: of the value itself, or of its salts. */
export function frozenNames(key: string, recipe: Recipe): readonly string[] {
  return isRandom(recipe) || recipe.kind === "alternating" ? [key] : saltsOf(key, recipe).map(({ name }) => name);
}

/** The same of all keys of a secret. */
export function frozenKeys({ keys }: { readonly keys: Readonly<Record<string, Recipe>> }): readonly string[] {
  return Object.entries(keys).flatMap(([key, recipe]) => frozenNames(key, recipe));
}

/** Whether a value is random, or has a part that is: another run would not make the same again. */
export function isFrozen(recipe: Recipe): boolean {
  return frozenNames("", recipe).length > 0;
}

function saltName(key: string, user: string): string {
  return `${key}/${user}`;
}

export interface DeriveArgs {
  /** `<app>/<secret>`, for messages. */
  readonly id: string;
  readonly key: string;
  readonly recipe: DerivedRecipe;
  /** Values of the keys that it is made of. */
  readonly values: Readonly<Record<string, string>>;
  /** Its salts, by name. */
  readonly salts: Readonly<Record<string, string>>;
}

/**
 * A value that is made of others. Pure.
 *
 * @throws ExpectedError where a value that people brought can't be used; the message does not hold it.
 */
export function derive({ id, key, recipe, values, salts }: DeriveArgs): string {
  const salt = (name: string): string => {
    const found = own(salts, name);
    if (found === undefined) throw new Error(`${id} ${key} has no salt ${name}`);
    return found;
  };
  switch (recipe.kind) {
    case "bcrypt":
      return bcryptHash({ of: `${id} ${recipe.of}`, value: own(values, recipe.of), salt: salt(key) });
    case "htpasswd":
      return htpasswdLines({ id, recipe, values, salt: (user) => salt(saltName(key, user)) });
    case "docker-config":
      return dockerConfigJson(id, recipe, values);
    case "public-key":
      return publicKeyText({ ...recipe, of: `${id} ${recipe.of}`, value: own(values, recipe.of) });
    case "template": {
      const text = fillTemplate(recipe.text, values);
      if (text !== undefined) return text;
      throw new Error(`${id} ${key} names a key or a fact without a value, which parsing should have found`);
    }
    default:
      return unreachable(recipe);
  }
}
