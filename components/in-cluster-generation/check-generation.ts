import { templatePattern } from "../external-secrets/admission/secrets.ts";
import { unreachable, type Issue } from "../support/messages/errors.ts";
import { own } from "../support/own.ts";
import { isRandom, type Recipe, type TemplateRecipe } from "../values/recipe.ts";
import { characters, mayBeWeak, strength } from "../values/recipes/index.ts";
import { filtered } from "../values/template-filters.ts";
import { factsNamed, replacePlaceholders, templateParts, type Placeholder } from "../values/template.ts";
import { operatorText } from "./filters.ts";
import { generatorBits, generatorProblem } from "./generator.ts";

export interface WantedStrength {
  /** Least strength of a value, in bits. */
  readonly minimumBits: number;
  /** Keys that may be weaker. Default: none. */
  readonly mayBeWeak?: ReadonlySet<string>;
}

/** Why the operator can't make a secret of these keys: an issue for each key that it can't, at `path`. Pure. */
export function checkGeneration(
  path: string,
  keys: Readonly<Record<string, Recipe>>,
  strengths: WantedStrength,
): readonly Issue[] {
  const issues = Object.keys(keys).flatMap((key): readonly Issue[] => {
    const issue = keyIssue(key, keys, strengths);
    return issue === undefined ? [] : [{ ...issue, path, problem: `key "${key}" ${issue.problem}` }];
  });
  if (Object.values(keys).some(isRandom)) return issues;
  return [...issues, { path, problem: "none of its keys is random: there is nothing to generate" }];
}

function keyIssue(
  key: string,
  keys: Readonly<Record<string, Recipe>>,
  { minimumBits, mayBeWeak: allowed = new Set() }: WantedStrength,
): Omit<Issue, "path"> | undefined {
  const recipe = own(keys, key);
  if (recipe === undefined) return undefined;
  if (isRandom(recipe)) {
    const problem = generatorProblem(recipe);
    if (problem !== undefined) return { problem, fix: "change its recipe, or let this program generate the value" };
    const bits = generatorBits(recipe);
    // What is too weak wherever it is made is an issue of the catalogue already, or allowed.
    if (bits >= minimumBits || strength(recipe) < minimumBits || mayBeWeak(recipe) || allowed.has(key)) {
      return undefined;
    }
    return {
      problem: `would have ${bits} bits as the operator generates it; the environment's minimum is ${minimumBits}`,
      fix: "make it longer",
    };
  }
  switch (recipe.kind) {
    case "provided":
      return {
        problem: "is a provided value, which the operator does not have",
        fix: "move it to a separate secret",
      };
    case "public-key":
      return {
        problem: "is a public key, which the operator's templates can't compute",
        fix: "let this program generate the secret",
      };
    case "docker-config":
      return {
        problem:
          "is a Docker config, whose field auth is the base64 of several values, which the operator's templates can't compute",
        fix: "move it to a separate secret, which this program makes",
      };
    case "htpasswd":
      return {
        problem: "is an htpasswd file, whose hashes the operator can't generate",
        fix: "let this program generate the secret",
      };
    case "alternating":
      return {
        problem: "is one of two accounts, which this program hands out by turns",
        fix: "let this program generate the secret",
      };
    case "previous":
      return {
        problem: "is a previous value, of which only this program knows when it ends",
        fix: "let this program generate the secret",
      };
    case "bcrypt":
      return {
        problem: "is a bcrypt hash, which the operator can't generate",
        fix: "let this program generate the secret",
      };
    case "literal":
      return braces(recipe.value);
    case "template":
      return unknownFact(recipe) ?? braces(recipe.text) ?? joinedBraces(recipe, keys) ?? unwritable(recipe, keys);
    case "rotated-at":
      return {
        problem: "is the time of the last rotation, which this program does not know",
        fix: "let this program generate the secret",
      };
    default:
      return unreachable(recipe);
  }
}

/** A template of the operator is readable for everybody who reads its objects; an output may be secret. */
function unknownFact({ text }: TemplateRecipe): Omit<Issue, "path"> | undefined {
  const [fact] = factsNamed(text);
  if (fact === undefined) return undefined;
  return {
    problem: `names fact "${fact}", an output of another stack, which only this program reads`,
    fix: "give the fact its value in templateFacts, or let this program generate the secret",
  };
}

/** The operator would read them as a template. */
function braces(text: string): Omit<Issue, "path"> | undefined {
  return text.includes("{{")
    ? { problem: 'contains "{{", which the operator would read as the start of a template' }
    : undefined;
}

/** Nor may braces and values together make something else than the templates that the admission policy knows. */
function joinedBraces(
  { text }: TemplateRecipe,
  keys: Readonly<Record<string, Recipe>>,
): Omit<Issue, "path"> | undefined {
  const filled = replacePlaceholders(text, {
    key: ({ key, filter, quoted }) => {
      const recipe = own(keys, key);
      if (recipe === undefined) return "";
      if (recipe.kind === "literal") return filtered(recipe.value, filter, quoted);
      // What the operator can't write is told by the filter's own check.
      const place = { variable: "value", filter, quoted };
      return isRandom(recipe) ? (operatorText({ ...place, characters: characters(recipe) }) ?? "") : "";
    },
    fact: () => "",
  });
  if (new RegExp(templatePattern).test(filled)) return undefined;
  return { problem: 'has a "{" right before a value, which the operator would read as the start of its template' };
}

/** What the functions that the admission policy lets through can't do to a value. */
function unwritable({ text }: TemplateRecipe, keys: Readonly<Record<string, Recipe>>): Omit<Issue, "path"> | undefined {
  const first = templateParts(text).find((part): part is Placeholder => {
    const recipe = part.kind === "value" ? own(keys, part.key) : undefined;
    if (part.kind !== "value" || recipe === undefined || !isRandom(recipe)) return false;
    return operatorText({ ...part, variable: "value", characters: characters(recipe) }) === undefined;
  });
  if (first === undefined) return undefined;
  const { key, filter = "uri" } = first;
  if (filter === "sha256") {
    return {
      problem: `names \${${key}|sha256}, and the operator's templates have no hash function that the admission policies allow`,
      fix: "let this program generate the secret",
    };
  }
  return {
    problem: `names \${${key}|${filter}}, whose value may have to be encoded, which the operator's templates can't do here`,
    fix: `restrict "${key}" to letters and digits${filter === "json" ? `, or leave out the quotation marks around \${${key}|json}` : ""}`,
  };
}
