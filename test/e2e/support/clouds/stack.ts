import { password } from "../../../../components/values/recipe.ts";
import { mergeValues, type ConfigValue } from "../../../../sandbox/engine/project.ts";
import { proofCatalogue } from "../../../../sandbox/stores/catalogue.ts";
import { storesFacts } from "../../../../sandbox/stores/facts.ts";
import { storeRows, type StoreRow } from "../../../../sandbox/stores/rows.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { aws } from "./clients.ts";
import { cli } from "../cli.ts";
import { connection, startClouds } from "../platform.ts";
import { succeed, type Run, type StackOptions } from "../stacks.ts";
import { makeRoom, standUntilRoomIsNeeded } from "../standing-stack.ts";

/**
 * The rows of the sandbox without the plain Secret, which can't be adopted after a lost state, and with one more reader of
 * the key vault, which loses its right in a test.
 */
export const rows: readonly StoreRow[] = [
  ...storeRows.filter(({ store }) => store !== "plain"),
  {
    namespace: "store-key-vault-too",
    store: "key-vault",
    cluster: "aks",
    identity: "Azure workload identity",
  },
];

/** Stores in a ring: each has a namespace that moves to the next one, with a secret of its own. */
export const ring = ["vault", "parameter-store", "secrets-manager", "key-vault", "secret-manager"] as const;

/** The namespaces that move, with their stores before and after. */
export const movers = ring.map((store, index) => ({
  namespace: `moving-${index}`,
  from: store,
  to: ring[(index + 1) % ring.length] ?? store,
}));

/** Owns the operator, and is destroyed last: without the operator, the objects of `clouds` could not be deleted. */
const operatorStack: StackOptions = {
  stack: "operator",
  demo: false,
  catalogue: {
    operator: {
      secrets: { first: { keys: { password: password() } } },
      deliveries: [{ namespace: "with-operator", secretName: "first", from: ["first"] }],
    },
  },
  facts: { namespaces: { "with-operator": { cluster: "local", store: "vault", create: true } } },
};

/** Id of the workload identity pool that the stack makes. */
export const poolId = "made-here";

let customerKey: string | undefined;
let deployed: Run | undefined;
let current: StackOptions & { readonly stack: string } = { stack: "clouds", demo: false };

/** The stack's current options. */
export function cloudsOptions(): StackOptions & { readonly stack: string } {
  return current;
}

/** Changes the stack's options from now on: merges facts, replaces the rest. */
export function changeClouds(change: StackOptions): StackOptions {
  current = {
    ...current,
    ...change,
    stack: current.stack,
    facts: mergeValues(current.facts ?? {}, change.facts ?? {}),
  };
  return current;
}

/** ARN of the customer's key that encrypts what is in Secrets Manager. */
export async function customerKeyArn(): Promise<string> {
  if (customerKey !== undefined) return customerKey;
  const { CreateKeyCommand } = await import("@aws-sdk/client-kms");
  // A new key has the policy that lets the account's IAM policies decide.
  const { KeyMetadata } = await (await aws.kms()).send(new CreateKeyCommand({ Description: "The customer's own" }));
  customerKey = KeyMetadata?.Arn ?? "";
  return customerKey;
}

/**
 * Deploys the stack with every store and identity, unless it stands. Returns the run that deployed it. Once for each
 * platform: Google Cloud and AWS hold some names for a while after a destroy.
 */
export async function deployClouds(): Promise<Run> {
  if (deployed !== undefined) return deployed;
  await makeRoom();
  await startClouds();
  await succeed("up", operatorStack);
  const moving = movers.map(({ namespace, from }) => [namespace, { cluster: "local", store: from, create: true }]);
  const facts = mergeValues(storesFacts(connection(), { rows }), {
    stores: {
      "secrets-manager": { kmsKeyArn: await customerKeyArn() },
      "secret-manager": { identityProviders: null, identityPools: { local: await identityPool() } },
    },
    namespaces: Object.fromEntries(moving) as Record<string, ConfigValue>,
  });
  current = { ...current, catalogue: cloudsCatalogue(), facts };
  deployed = await succeed("up", current);
  standUntilRoomIsNeeded(removeClouds);
  return deployed;
}

/** A pool that the stack makes, with the cluster's keys, since Google can't fetch them from this machine. */
async function identityPool(): Promise<ConfigValue> {
  const { stdout } = await cli("kubectl", ["get", "--raw", "/openid/v1/jwks"]);
  return { id: poolId, issuer: connection().kubernetesServer, jwks: stdout };
}

/** Destroys it. A test that does so deploys it again, since the others need it. */
export async function destroyClouds(): Promise<Run> {
  return succeed("destroy", current);
}

/** Destroys it, and the operator after it; does nothing when it does not stand. */
export async function removeClouds(): Promise<void> {
  if (deployed === undefined) return;
  await destroyClouds();
  await succeed("destroy", operatorStack);
  deployed = undefined;
}

/** The one secret of the proof, one for each namespace of the ring, and what a test adds. */
export function cloudsCatalogue(more: Catalogue = {}): Catalogue {
  const moving = {
    secrets: Object.fromEntries(movers.map(({ namespace }) => [namespace, { keys: { password: password() } }])),
    deliveries: movers.map(({ namespace }) => ({ namespace, secretName: "moving", from: [namespace] })),
  };
  return { ...proofCatalogue(rows), moving, ...more };
}

/** Remote names of the proof's values in each store. */
export const proofNames: Readonly<Record<string, readonly string[]>> = {
  "parameter-store": keys((key) => `/mlops-platform-clouds/proof/credentials/${key}`),
  "secrets-manager": ["mlops-platform-clouds/proof/credentials"],
  "key-vault": keys((key) => `mlops-platform-clouds--proof--credentials--${key}`),
  "secret-manager": ["mlops-platform-clouds--proof--credentials"],
  vault: ["mlops-platform-clouds/proof/credentials"],
};

function keys(name: (key: string) => string): readonly string[] {
  return ["password", "token", "username"].map(name);
}
