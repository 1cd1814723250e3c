import { secret } from "@pulumi/pulumi";
import type { StateResource } from "../../components/backends/contract.ts";
import type { DeliverySpec } from "../../components/delivery/contract.ts";
import { ConfigError, type Issue } from "../../components/support/messages/errors.ts";
import { literal, password } from "../../components/values/recipe.ts";
import type { Catalogue } from "../../stacks/environments/catalogue-spec.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import type { Policy } from "../../stacks/environments/policy.ts";
import { resolveEnvironment, type ResolveArgs } from "../../stacks/config/resolve/environment.ts";

/** One valid environment; tests break one thing of it. */
export const facts = {
  platform: "acme",
  created: "2026-01-31",
  stores: { vault: { kind: "vault-kv", address: "https://vault.example:8200" } },
  clusters: { main: { flavour: "kubeconfig", externalSecrets: { version: "2.9.0" } } },
  namespaces: { shop: { cluster: "main", store: "vault" } },
} as const;

export const policy: Policy = {
  retain: true,
  stage: "development",
  minimumBits: 128,
  refreshFloorSeconds: 300,
  highAvailability: false,
  operatorReplicas: 2,
  maximumResources: 1000,
  allowOldOperator: false,
  allowEmbeddedSecrets: true,
  allowOpenClusterStores: false,
  allowStaticCredentials: false,
  recoveryDays: 7,
  purgeProtection: false,
  requireCustomerKeys: false,
  requireAuditLogs: false,
};

export const catalogue: Catalogue = {
  shop: {
    secrets: { db: { rotateEveryDays: 90, keys: { username: literal("shop"), password: password() } } },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
  },
};

export const resolveArgs: ResolveArgs = {
  environment: "test",
  environments: ["test", "live"],
  facts,
  secretKeys: new Set<string>(),
  catalogue,
  policy,
};

/** The valid environment with other parts. */
export function environment(changes: Partial<ResolveArgs> = {}): Environment {
  return resolveEnvironment({ ...resolveArgs, ...changes });
}

/** What is wrong with the valid environment where these parts are other ones. */
export function issuesOf(changes: Partial<ResolveArgs>): readonly Issue[] {
  try {
    environment(changes);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}

/** Every Secret of an environment, in each cluster. */
export function deliveriesIn({ namespaces }: Environment): readonly DeliverySpec[] {
  return namespaces.flatMap(({ deliveries }) => deliveries);
}

/** A catalogue of one application `shop` with one secret `db` of these keys, delivered whole. */
export function catalogueOf(keys: Catalogue[string]["secrets"][string]["keys"]): Catalogue {
  return {
    shop: { secrets: { db: { keys } }, deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }] },
  };
}

/** A resource as the state knows it. */
export function stateResource(
  resource: Pick<StateResource, "name"> & Partial<Omit<StateResource, "outputs">>,
  outputs: Readonly<Record<string, unknown>> = {},
): StateResource {
  const type = resource.type ?? "pulumi:index:Stash";
  return {
    urn: `urn:pulumi:test::multicloud-secrets::${type}::${resource.name}`,
    type,
    names: {},
    ...resource,
    outputs: secret(outputs) as unknown as StateResource["outputs"],
  };
}

/** What the parser refuses about the valid environment with these changes: the whole message. */
export function refusalOf(changes: Partial<ResolveArgs>): string {
  try {
    environment(changes);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the environment was expected to be refused, and was not");
}

/** The message that holds these lines. */
export function refusal(problems: number, ...lines: readonly string[]): string {
  const count = problems === 1 ? "1 problem" : `${problems} problems`;
  return [`The configuration of environment "test" has ${count}. Nothing was changed.`, ...lines].join("\n");
}
