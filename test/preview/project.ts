import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { literal, password, provided, providedOptionally, template } from "../../components/values/recipe.ts";
import type { PreviewOptions } from "../../preview/preview.ts";
import type { Catalogue } from "../../stacks/environments/catalogue-spec.ts";
import { facts, policy } from "../support/fixtures.ts";

/** Values that no preview may show. */
export const canaries = { literal: "canary-literal-3c1d", clear: "canary-clear-77ab" };

/** Two applications; the second asks people for values and reads a secret of the first. */
export const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: {
        rotateEveryDays: 90,
        keys: {
          username: literal(canaries.literal),
          password: password(),
          uri: template("pg://${username}:${password}"),
        },
      },
    },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
  },
  till: {
    secrets: { api: { keys: { token: provided("tillToken"), extra: providedOptionally("tillExtra") } } },
    deliveries: [
      { namespace: "till", secretName: "till-api", from: ["api"] },
      { namespace: "till", secretName: "till-db", from: [{ secret: "shop/db", keys: { PASSWORD: "password" } }] },
    ],
  },
};

const projectFile = {
  name: "multicloud-secrets",
  runtime: "nodejs",
  config: {
    platform: { type: "string" },
    refreshSeconds: { type: "integer", default: 3600 },
    tillToken: { type: "string", default: "" },
    "other:region": { value: "ignored" },
  },
};

/** Facts of stack `test`; the values are as YAML has them. */
export const testFacts = {
  ...facts,
  namespaces: { shop: { cluster: "main", store: "vault" }, till: { cluster: "main", store: "vault" } },
};

/** Writes a project with the stack `test`, previews it by a function, and removes it. */
export async function withProject<T>(
  changes: Readonly<Record<string, unknown>>,
  use: (options: PreviewOptions) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(path.join(tmpdir(), "preview-"));
  try {
    const config = Object.fromEntries(
      Object.entries({ ...testFacts, ...changes }).map(([key, value]) => [`multicloud-secrets:${key}`, value]),
    );
    await writeFile(path.join(root, "Pulumi.yaml"), stringify(projectFile));
    await writeFile(path.join(root, "Pulumi.test.yaml"), stringify({ config, encryptionsalt: "v1:salt" }));
    return await use({ root, stack: "test", catalogue, policies: { test: policy } });
  } finally {
    await rm(root, { recursive: true });
  }
}
