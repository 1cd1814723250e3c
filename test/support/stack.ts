import assert from "node:assert/strict";
import { literal, password, provided } from "../../components/values/recipe.ts";
import type { Catalogue } from "../../stacks/environments/catalogue-spec.ts";
import type { Policy } from "../../stacks/environments/policy.ts";
import { deployStack } from "../../stacks/index.ts";
import type { ExternalQueries } from "../../stacks/deploy/external-queries.ts";
import { knownEntropy } from "./entropy.ts";
import { facts, policy } from "./fixtures.ts";
import { runFailing, runProgram, type RunOptions } from "./mocks.ts";
import { emptyClusters, emptyExternal } from "./external-queries.ts";
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
  /** Default: the catalogue of this file. */
  readonly catalogue?: Catalogue;
  readonly policy?: Partial<Policy>;
  readonly entropy?: string;
  /** On top of stores and clusters that answer as `emptyExternal` has them. */
  readonly external?: Partial<ExternalQueries>;
  /** What exists in the clusters. Default: nothing. */
  readonly clusters?: ExternalQueries["clusters"];
  /** Secret configuration values. Default: what the catalogue asks for. */
  readonly secret?: Readonly<Record<string, string>>;
  /** Time of the run. Default: none is known. */
  readonly now?: Date;
}

/** The stack `test` with the facts of the fixtures and these changes. */
export function stack({
  facts: changes = {},
  catalogue: applications = catalogue,
  policy: decisions = {},
  entropy = "first",
  secret = { tillToken: canary },
  external = {},
  clusters = emptyClusters,
  now,
  ...options
}: Changes = {}) {
  const all = { ...facts, namespaces, ...changes };
  const plain = Object.entries(all).map(([key, value]) => [key, asText(value)]);
  const policies = { test: { ...policy, retain: false, ...decisions } };
  return [
    () =>
      deployStack({
        catalogue: applications,
        policies,
        entropy: knownEntropy(entropy),
        external: { ...emptyExternal(all), clusters, ...external },
        ...(now === undefined ? {} : { now }),
      }),
    {
      stack: "test",
      config: { plain: Object.fromEntries(plain) as Record<string, string>, secret },
      ...options,
    },
  ] as const;
}
/** Runs the stack. */
export const up = (changes?: Changes) => runProgram(...stack(changes));
/** Runs the stack, which must fail. */
export const failing = async (changes?: Changes) => {
  const run = await runFailing(...stack(changes));
  const [error] = run.errors;
  assert.ok(error instanceof Error);
  return { ...run, error };
};
