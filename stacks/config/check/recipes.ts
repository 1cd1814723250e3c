import type { Issue } from "../../../components/support/messages/errors.ts";
import { own } from "../../../components/support/own.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { didYouMean, listed } from "../../../components/support/messages/suggestions.ts";
import type { Recipe } from "../../../components/values/recipe.ts";
import {
  isRandom,
  mayBeWeak,
  recipeProblem,
  strength,
  stronger,
  type RandomRecipe,
} from "../../../components/values/recipes/index.ts";
import { bytesProblems } from "./bytes.ts";
import { dockerConfigProblems } from "./docker-configs.ts";
import { publicKeyProblem } from "./key-pairs.ts";
import { previousProblem } from "./previous-values.ts";
import { hashProblem, htpasswdProblems, type Problem, type RecipesByKey } from "./hashes.ts";
import { filterNames } from "../../../components/values/template-filters.ts";
import { brokenPlaceholders, factName, factsNamed, templateKeys } from "../../../components/values/template.ts";

/** Most bytes of a literal or a template: those of a Kubernetes Secret (`MaxSecretSize`, k8s.io/api/core/v1). */
export const mostBytes = 1024 * 1024;

/** The recipes of one secret. */
export interface RecipesOfSecret extends RecipesByKey {
  /** Path of a key, for messages. */
  readonly path: (key: string) => string;
}

/** What is wrong with the recipes of one secret: rules that no value has, keys that name keys which are not there. Pure. */
export function checkRecipes(secret: RecipesOfSecret): readonly Issue[] {
  const templates = Object.entries(secret.recipes).flatMap(([key, recipe]) =>
    recipe.kind === "template" ? [[key, templatesIn(recipe.text, secret)] as const] : [],
  );
  const circles = inCircles(new Map(templates));
  return Object.entries(secret.recipes).flatMap(([key, recipe]) =>
    [...problemsOf(key, recipe, secret, circles), ...bytesProblems(recipe, secret)].map((issue) => ({
      path: secret.path(key),
      ...issue,
    })),
  );
}

/**
 * Values that are weaker than the environment's minimum. Pure.
 *
 * @param allowed keys that may be.
 */
export function weakRecipes(
  { path, recipes }: Pick<RecipesOfSecret, "path" | "recipes">,
  minimumBits: number,
  allowed: ReadonlySet<string> = new Set(),
): readonly Issue[] {
  return Object.entries(recipes).flatMap(([key, recipe]) => {
    if (!isRandom(recipe) || recipeProblem(recipe) !== undefined || allowed.has(key)) return [];
    const issue = weakness(recipe, minimumBits);
    return issue === undefined ? [] : [{ path: path(key), ...issue }];
  });
}

function weakness(recipe: RandomRecipe, minimumBits: number): Problem | undefined {
  const bits = strength(recipe);
  if (mayBeWeak(recipe) || bits >= minimumBits) return undefined;
  const problem = `a value of ${bits} bits is weaker than the environment's minimum of ${minimumBits}`;
  return { problem, fix: stronger(recipe) };
}

function problemsOf(
  key: string,
  recipe: Recipe,
  secret: RecipesOfSecret,
  circles: ReadonlySet<string>,
): readonly Problem[] {
  if (isRandom(recipe)) return [recipeProblem(recipe) ?? []].flat();
  switch (recipe.kind) {
    case "bcrypt":
      return [hashProblem(recipe.of, secret) ?? []].flat();
    case "public-key":
      return [publicKeyProblem(recipe, secret) ?? []].flat();
    case "docker-config":
      return dockerConfigProblems(recipe, secret);
    case "htpasswd":
      return htpasswdProblems(recipe, secret);
    case "template":
      return textProblems("a template", recipe.text, templateProblems(key, recipe.text, secret, circles));
    case "literal":
      // An empty one is a value: which stores can hold it is a matter of their objects.
      return recipe.value === "" ? [] : textProblems("a literal", recipe.value, []);
    case "alternating":
      return alternatingProblems(recipe.names);
    case "previous":
      return [previousProblem(recipe, secret) ?? []].flat();
    case "provided":
    case "rotated-at":
      return [];
  }
}

function alternatingProblems([first, second]: readonly [string, string]): readonly Problem[] {
  if (first === "" || second === "") return [{ problem: "must be two names, and one is empty" }];
  return first === second ? [{ problem: "must be two names, and both are the same" }] : [];
}

function textProblems(what: string, text: string, others: readonly Problem[]): readonly Problem[] {
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) {
    return [
      { problem: `${what} of ${bytes} bytes: a Kubernetes Secret holds at most ${mostBytes}`, fix: "shorten it" },
    ];
  }
  if (text === "") return [{ problem: `${what} must not be empty` }];
  if (!text.isWellFormed()) {
    return [{ problem: `${what} must be Unicode text, and this one holds half of a surrogate pair`, fix: "remove it" }];
  }
  return others;
}

function templateProblems(
  key: string,
  text: string,
  { recipes, names }: RecipesOfSecret,
  circles: ReadonlySet<string>,
): readonly Problem[] {
  const named = templateKeys(text);
  const broken = brokenPlaceholders(text);
  return [
    ...unknownKeys(
      named.filter((each) => !names.has(each)),
      names,
    ),
    ...nested(
      named.filter((each) => own(recipes, each)?.kind === "template"),
      (each) => each === key || (circles.has(key) && circles.has(each)),
    ),
    ...broken.map(placeholderProblem),
    ...(named.length === 0 && factsNamed(text).length === 0 && broken.length === 0
      ? [
          {
            problem: "a template must name at least one key or fact",
            fix: "name one as ${KEY} or ${fact:NAME}, or write literal(…)",
          },
        ]
      : []),
  ];
}

/** Templates that a template names: in a circle with it, or not. */
function nested(templates: readonly string[], isInCircle: (key: string) => boolean): readonly Problem[] {
  const [first] = templates;
  if (first === undefined) return [];
  const circle = templates.find(isInCircle);
  if (circle !== undefined) return [{ problem: `is made of "${circle}", which is made of it in turn` }];
  const problem =
    templates.length === 1
      ? `names "${first}", which is a template itself`
      : `names ${listed(templates)}, which are templates themselves`;
  return [{ problem, fix: "name the keys that it is made of" }];
}

/** Each by itself where they are few: each may be another slip. */
function unknownKeys(keys: readonly string[], names: ReadonlySet<string>): readonly Problem[] {
  if (keys.length > mostUnknown) {
    return [{ problem: `names ${keys.length} keys that the secret does not have; it has ${listed(names)}` }];
  }
  return keys.map((key) => {
    const fact = factMeant(key);
    const meant = fact === undefined ? {} : { fix: `a fact is named as \${fact:${fact}}` };
    return { ...meant, ...unknownKey(key, names) };
  });
}

/** The fact that is meant by a name such as `fact.dbHost`. */
export function factMeant(key: string): string | undefined {
  const fact = /^facts?[._-](?<fact>.+)$/i.exec(key)?.groups?.["fact"];
  return fact !== undefined && factName.test(fact) ? fact : undefined;
}

/** A key that is named in a secret, and that the secret does not have. */
export function unknownKey(key: string, names: ReadonlySet<string>): Problem {
  const problem = `names ${quotedName(key)}, and the secret has no such key; it has ${listed(names)}`;
  return { problem, ...didYouMean(key, names) };
}

const mostUnknown = 5;

const allowed = `allowed are \${KEY} and ${filterNames.map((name) => `\${KEY|${name}}`).join(", ")}, and the same for \${fact:NAME}`;

/** What is broken may be a part of a value: it is shown only where it looks like a placeholder. */
export function placeholderProblem(text: string): Problem {
  const { fact } = /^\$\{facts?:\s*(?<fact>[-._a-zA-Z0-9]{1,100})\s*(?:\|[a-z0-9]+)?\}$/i.exec(text)?.groups ?? {};
  if (fact !== undefined && factName.test(fact) && !text.startsWith(`\${fact:${fact}`)) {
    return { problem: `"${text}" is no placeholder; ${allowed}`, fix: `a fact is named as \${fact:${fact}}` };
  }
  const { filters } = /^\$\{(?:fact:)?[-._/a-zA-Z0-9]+\|(?<filters>[a-zA-Z0-9 |]{1,40})\}$/.exec(text)?.groups ?? {};
  if (filters === undefined) {
    return { problem: `holds "\${" without a placeholder; ${allowed}`, fix: "for the text ${ itself, write $${" };
  }
  if (filters === "bcrypt") {
    const fix = `make the hash a key of its own, such as hash: bcryptOf("<key>"), and name it: \${hash}`;
    return { problem: `"${text}" has an unknown filter; ${allowed}`, fix };
  }
  if (filters.includes("|")) return { problem: `"${text}" has more than one filter; ${allowed}` };
  return { problem: `"${text}" has an unknown filter; ${allowed}`, ...didYouMean(filters.trim(), filterNames) };
}

/** The templates of the same secret that a template names. */
function templatesIn(text: string, { recipes }: RecipesOfSecret): readonly string[] {
  return templateKeys(text).filter((key) => own(recipes, key)?.kind === "template");
}

/**
 * Templates that are made of themselves by way of others, and what only leads to them or from them left out as far as it
 * lies in no circle: those without an edge in or out go, again and again. Each edge is looked at twice.
 */
function inCircles(edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const back = new Map<string, string[]>([...edges.keys()].map((key) => [key, []]));
  for (const [from, all] of edges) for (const to of all) back.get(to)?.push(from);
  const once = pruned(new Set(edges.keys()), edges, back);
  return pruned(once, back, edges);
}

/** What is left when everything that leads to nothing that is left is removed. */
function pruned(
  nodes: ReadonlySet<string>,
  onward: ReadonlyMap<string, readonly string[]>,
  back: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const left = new Set(nodes);
  const count = new Map([...nodes].map((key) => [key, (onward.get(key) ?? []).filter((to) => nodes.has(to)).length]));
  const ends = [...nodes].filter((key) => count.get(key) === 0);
  for (let key = ends.pop(); key !== undefined; key = ends.pop()) {
    left.delete(key);
    for (const from of back.get(key) ?? []) {
      if (!left.has(from)) continue;
      const remaining = (count.get(from) ?? 0) - 1;
      count.set(from, remaining);
      if (remaining === 0) ends.push(from);
    }
  }
  return left;
}
