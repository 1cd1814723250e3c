import { hexToken, literal, password, provided, template } from "../../../components/values/recipe.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import type { Catalogue, CatalogueApplication } from "../../../stacks/environments/catalogue-spec.ts";
import type { StackOptions } from "./stacks.ts";

/** Secrets of each small application. */
export const secretsPerApplication = 5;

/** An application with a few secrets that all go to the namespace of its name: quick to deploy. */
export function smallApplication(namespace: string): CatalogueApplication {
  const names = Array.from({ length: secretsPerApplication }, (_, index) => `secret-${index}`);
  const keys = {
    username: literal("user"),
    password: password(),
    token: hexToken(32),
    hub: provided("huggingfaceToken"),
    uri: template("db://${username}:${password|uri}@host"),
  };
  return {
    secrets: Object.fromEntries(names.map((name) => [name, { keys }])),
    deliveries: names.map((name) => ({ namespace, secretName: name, from: [name] })),
  };
}

/** A stack with such applications, which owns the operator: its file makes room for it first (standing-stack.ts). */
export function smallStack(stack: string, applications: readonly string[]): StackOptions & { readonly stack: string } {
  const catalogue: Catalogue = Object.fromEntries(applications.map((name) => [name, smallApplication(name)]));
  return { stack, catalogue, facts: { namespaces: onlyNamespaces(applications) } };
}

/** Facts that replace the committed namespaces by others. */
export function onlyNamespaces(wanted: readonly string[], store = "vault"): Record<string, ConfigValue> {
  const committed = [
    "mlflow",
    "minio",
    "private-ai-demo",
    "argocd",
    "grafana",
    "model-server",
    "rhoai-model-registries",
    "deparrow",
  ];
  return {
    ...Object.fromEntries(committed.map((name) => [name, null])),
    ...Object.fromEntries(wanted.map((name) => [name, { cluster: "local", store, create: true }])),
  };
}
