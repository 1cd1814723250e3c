import { own } from "../../../components/support/own.ts";
import { received } from "../../../components/support/messages/received.ts";
import type { DockerConfigRecipe } from "../../../components/values/docker-config.ts";
import { isDerived } from "../../../components/values/derived.ts";
import { derivedNames, missingKey, type Problem, type RecipesByKey } from "./hashes.ts";

/**
 * A registry as the kubelet compares it with images (k8s.io/kubernetes/pkg/credentialprovider, `ParseSchemelessURL`): a
 * host with `*` for parts of it, a port, a path; a scheme, as in Docker Hub's own `https://index.docker.io/v1/`.
 */
const registryPattern = /^(?:https?:\/\/)?[A-Za-z0-9*](?:[A-Za-z0-9.*_-]*[A-Za-z0-9*])?(?::\d{1,5})?(?:\/[!-~]*)?$/;

/** What is wrong with a Docker config. Pure. */
export function dockerConfigProblems({ registries }: DockerConfigRecipe, secret: RecipesByKey): readonly Problem[] {
  const entries = Object.entries(registries);
  const example = 'dockerConfig({ "ghcr.io": { username: "user", password: "token" } })';
  if (entries.length === 0) return [{ problem: "has no registries", fix: `such as ${example}` }];
  return entries.flatMap(([registry, { username, password }]) =>
    [
      registryProblem(registry) ?? [],
      sourceProblem(username, secret) ?? colonProblem(username, secret) ?? [],
      sourceProblem(password, secret) ?? [],
    ].flat(),
  );
}

function registryProblem(registry: string): Problem | undefined {
  if (registryPattern.test(registry)) return undefined;
  return {
    problem: `a registry is a host, with a port or a path if it has one, ${received(registry)}`,
    fix: 'name it as images do, such as "ghcr.io" or "registry.example.com:5000"; Docker Hub is "https://index.docker.io/v1/"',
  };
}

function sourceProblem(key: string, secret: RecipesByKey): Problem | undefined {
  const missing = missingKey("names", key, secret);
  if (missing !== undefined) return missing;
  const source = own(secret.recipes, key);
  if (source === undefined || !isDerived(source)) return undefined;
  return { problem: `names "${key}", which is ${derivedNames[source.kind]}`, fix: "name the keys of the credentials" };
}

function colonProblem(key: string, { recipes }: RecipesByKey): Problem | undefined {
  const source = own(recipes, key);
  if (source?.kind !== "literal" || !source.value.includes(":")) return undefined;
  return { problem: `names "${key}" as user name, which holds ":"; in a Docker config, the name ends there` };
}
