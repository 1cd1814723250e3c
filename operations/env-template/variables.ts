import { configPath } from "../../components/support/messages/config-command.ts";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { clippedName } from "../../components/support/messages/printable.ts";
import { closest, listed } from "../../components/support/messages/suggestions.ts";
import type { DeliverySpec } from "../../components/delivery/contract.ts";
import { sourcesOf } from "../../components/values/derived.ts";
import { isBytes, isRandom, type RandomRecipe, type Recipe } from "../../components/values/recipe.ts";
import { maximumLength, minimumLength } from "../../components/values/recipes/index.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import type { Environment } from "../../stacks/config/environment.ts";

/** What an application reads from its environment, where each key of its Secrets is a variable (`envFrom`). */
export interface Variable {
  /** The key of the Secret. */
  readonly name: string;
  /** Where it is from, for people. Never a secret value. */
  readonly hint: string;
  /** Its value where that is no secret: a literal of the catalogue. */
  readonly literal?: string;
}

/** The variables of one Secret. */
export interface SecretVariables {
  readonly namespace: string;
  readonly secretName: string;
  readonly variables: readonly Variable[];
}

/**
 * The variables of a namespace's Secrets, or of one Secret (`<namespace>/<secret>`), in the order of the catalogue. Pure.
 *
 * @throws ExpectedError where the environment has no such namespace or Secret.
 */
export function variablesOf(environment: Environment, target: string): readonly SecretVariables[] {
  const [namespace = "", secretName] = target.split("/");
  const found = environment.namespaces.find(({ name }) => name === namespace);
  if (found === undefined) {
    const names = new Set(environment.namespaces.map(({ name }) => name));
    throw unknown(
      `environment ${environment.name} delivers nothing to namespace ${clippedName(namespace)}`,
      namespace,
      names,
    );
  }
  const deliveries = found.deliveries.filter((each) => secretName === undefined || each.secretName === secretName);
  if (deliveries.length === 0) {
    const names = found.deliveries.map((each) => `${namespace}/${each.secretName}`);
    throw unknown(`namespace ${namespace} gets no Secret ${clippedName(secretName ?? "")}`, target, names);
  }
  const secrets = new Map(environment.secrets.map((each) => [each.id, each]));
  return deliveries.map((each) => ({ namespace, secretName: each.secretName, variables: ofDelivery(each, secrets) }));
}

function unknown(problem: string, name: string, names: Iterable<string>): ExpectedError {
  const meant = closest(name, names);
  return new ExpectedError(
    `${problem}. There are: ${listed(names)}${meant === undefined ? "" : `\n    fix: did you mean ${meant}?`}`,
  );
}

function ofDelivery(
  { keys, templates = [] }: DeliverySpec,
  secrets: ReadonlyMap<string, SecretSpec>,
): readonly Variable[] {
  const direct = keys.map(({ key, secret, from }) => variable(key, secrets.get(secret), from));
  const composed = templates.map(({ key, sources }) => ({
    name: key,
    hint: `composed of ${Object.keys(sources).join(", ")}`,
  }));
  return [...direct, ...composed];
}

function variable(name: string, secret: SecretSpec | undefined, from: string): Variable {
  const recipe = secret?.keys[from];
  if (secret === undefined || recipe === undefined) return { name, hint: "of a secret that this environment lacks" };
  switch (secret.origin.kind) {
    case "referenced":
      return { name, hint: `written by another program: ${secret.id}, key ${from}` };
    case "issued":
      return { name, hint: `issued by the store for a limited time: ${secret.id}, key ${from}` };
    case "in-cluster":
    case "generated":
    case "adopted":
      return { name, ...(recipe.kind === "literal" ? { literal: recipe.value } : {}), hint: hintOf(recipe) };
  }
}

function hintOf(recipe: Recipe): string {
  if (isRandom(recipe)) return randomHint(recipe);
  switch (recipe.kind) {
    case "literal":
      return "the same everywhere";
    case "provided":
      if (isBytes(recipe))
        return `bytes that people bring: ${configPath([recipe.config])} in the stack's configuration`;
      return `brought by people: ${configPath([recipe.config])} in the stack's configuration`;
    case "alternating":
      return `one of two accounts by turns: ${recipe.names.join(", ")}`;
    case "previous":
      return `the value of ${recipe.of} before its last rotation, or the same value`;
    case "rotated-at":
      return "time of the last rotation, such as 2026-01-31T00:00:00Z";
    case "bcrypt":
      return `bcrypt hash of ${recipe.of}`;
    case "public-key":
    case "docker-config":
    case "htpasswd":
    case "template":
      return `made of ${sourcesOf(recipe).join(", ")}`;
  }
}

function randomHint(recipe: RandomRecipe): string {
  if (recipe.kind === "ssh-key-pair" || recipe.kind === "key-pair") return "generated: a private key, of several lines";
  const [least, most] = [minimumLength(recipe), maximumLength(recipe)];
  return `generated: ${least === most ? `${most}` : `${least} to ${most}`} characters (${recipe.kind})`;
}
