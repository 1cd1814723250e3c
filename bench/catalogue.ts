import { password } from "../components/values/recipe.ts";
import type { Catalogue } from "../stacks/environments/catalogue-spec.ts";
import type { ConfigValue } from "../sandbox/engine/project.ts";

/** Secrets, each with one password, in one application and namespace. */
const secretsPerNamespace = 25;

/** Applications of `count` secrets in all, delivered to a namespace each. */
export function benchCatalogue(count: number): Catalogue {
  const applications = Math.ceil(count / secretsPerNamespace);
  return Object.fromEntries(
    Array.from({ length: applications }, (_, index) => {
      const names = Array.from(
        { length: Math.min(secretsPerNamespace, count - index * secretsPerNamespace) },
        (__, each) => `secret-${each}`,
      );
      const app = `bench-${index}`;
      return [
        app,
        {
          secrets: Object.fromEntries(names.map((name) => [name, { keys: { password: password() } }])),
          deliveries: names.map((name) => ({ namespace: app, secretName: name, from: [name] })),
        },
      ];
    }),
  );
}

/** Facts that place the applications: their namespaces replace those of the sandbox. */
export function benchFacts(
  catalogue: Catalogue,
  committedNamespaces: readonly string[],
): Readonly<Record<string, ConfigValue>> {
  const gone = committedNamespaces.map((name): [string, ConfigValue] => [name, null]);
  const ours = Object.keys(catalogue).map((name): [string, ConfigValue] => [
    name,
    { cluster: "local", store: "vault", create: true },
  ]);
  return { namespaces: Object.fromEntries([...gone, ...ours]), applications: Object.keys(catalogue) };
}
