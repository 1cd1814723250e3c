import assert from "node:assert/strict";
import { literal, provided } from "../../../components/values/recipe.ts";
import { connection } from "../support/platform.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { succeed, type StackOptions } from "../support/stacks.ts";
import { assertStands, putWorkload } from "./scene.ts";

describe("a namespace that moves to another cluster", () => {
  const moving = "kept-moving";
  const at = (where: string): StackOptions => ({
    stack: "moving",
    catalogue: {
      [moving]: {
        secrets: { db: { keys: { username: literal("user"), hub: provided("huggingfaceToken") } } },
        deliveries: [{ namespace: moving, secretName: "db", from: ["db"] }],
      },
    },
    facts: {
      stores: { vault: null, plain: { kind: "kubernetes" } },
      clusters: {
        next: {
          flavour: "kubeconfig",
          kubeconfig: connection().kubeconfig,
          externalSecrets: { version: connection().externalSecretsChartVersion, install: false },
          // The platform has one cluster, which stands for both: what is in the old place is in the new one, too.
          upsertExistingObjects: true,
        },
      },
      namespaces: {
        ...onlyNamespaces([]),
        [moving]: { cluster: where, store: "plain", create: true },
      },
    },
  });

  it("stays where it was", async () => {
    await succeed("up", at("local"));
    await putWorkload(moving);
    const { steps } = await succeed("up", at("next"));
    assert.ok(steps.includes(`delete local/${moving}/namespace-kept`), steps.join("\n"));
    await assertStands(moving);
    await succeed("destroy", at("next"));
    await assertStands(moving);
  });
});
