import assert from "node:assert/strict";
import { literal, password, provided } from "../../components/values/recipe.ts";
import type { Catalogue } from "../../stacks/catalogue-spec.ts";
import type { Policy } from "../../stacks/environment.ts";
import { deployStack } from "../../stacks/index.ts";
import { reality, type Outside } from "../../stacks/outside.ts";
import { knownEntropy } from "./entropy.ts";
import { facts, policy } from "./fixtures.ts";
import { runFailing, runProgram, type RunOptions } from "./mocks.ts";
import { asText } from "./project.ts";

/** Two applications in two namespaces; one reads a secret of the other. */
const catalogue: Catalogue = {
  shop: {
    secrets: { db: { rotateEveryDays: 90, keys: { username: literal("shop"), password: password() } } },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
  },
  till: {
    secrets: { api: { keys: { token: provided("tillToken") } } },
    deliveries: [
      { namespace: "till", secretName: "till-api", from: ["api"] },
      { namespace: "till", secretName: "till-db", from: [{ secret: "shop/db", keys: { PASSWORD: "password" } }] },
    ],
  },
};
const namespaces = { shop: { cluster: "main", store: "vault" }, till: { cluster: "main", store: "vault" } };
/** Value that the stack is configured with. */
export const canary = "canary-of-the-till-9f2c";

export interface Changes extends RunOptions {
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly policy?: Partial<Policy>;
  readonly entropy?: string;
  /** What exists in the clusters. Default: nothing. */
  readonly clusters?: Outside["clusters"];
  /** Secret configuration values. Default: what the catalogue asks for. */
  readonly secret?: Readonly<Record<string, string>>;
}

/** The stack `test` with the facts of the fixtures and these changes. */
export function stack({
  facts: changes = {},
  policy: decisions = {},
  entropy = "first",
  secret = { tillToken: canary },
  clusters = emptyClusters,
  ...options
}: Changes = {}) {
  const plain = Object.entries({ ...facts, namespaces, ...changes }).map(([key, value]) => [key, asText(value)]);
  const policies = { test: { ...policy, retain: false, ...decisions } };
  return [
    () => deployStack({ catalogue, policies, entropy: knownEntropy(entropy), outside: { ...reality, clusters } }),
    {
      stack: "test",
      config: { plain: Object.fromEntries(plain) as Record<string, string>, secret },
      ...options,
    },
  ] as const;
}

/** Clusters without any object. */
export const emptyClusters: Outside["clusters"] = {
  find: () => Promise.resolve([]),
  read: () => assert.fail("nothing was found that could be read"),
};

/** Stores answer themselves; clusters hold nothing. */
export const nothingExists: Outside = { ...reality, clusters: emptyClusters };

/** Runs the stack. */
export const up = (changes?: Changes) => runProgram(...stack(changes));
/** Runs the stack, which must fail. */
export const failing = async (changes?: Changes) => {
  const run = await runFailing(...stack(changes));
  const [error] = run.errors;
  assert.ok(error instanceof Error);
  return { ...run, error };
};
