import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { up } from "../../support/stack.ts";

const stash = "pulumi:index:Stash";
const catalogueWith = (restarts: readonly string[]): Catalogue => ({
  shop: {
    secrets: { db: { keys: { username: literal("shop"), password: password() } } },
    deliveries: [
      { namespace: "shop", secretName: "shop-db", from: ["db"], ...(restarts.length > 0 ? { restarts } : {}) },
    ],
  },
});
const facts = { namespaces: { shop: { cluster: "main", store: "vault" } } };
const name = "main/shop/shop-db/restarts";

describe("restarts of workloads", () => {
  it("follow the ExternalSecret, by the version that it has, and begin with its first change", async () => {
    const { resources } = await up({ catalogue: catalogueWith(["Deployment/shop"]), facts, secret: {} });
    const { inputs, options, parent, provider } = resources.find(stash, name);
    const version = resources.find("kubernetes:external-secrets.io/v1:ExternalSecret", "main/shop/shop-db").inputs;
    const { annotations } = version["metadata"] as { readonly annotations: Readonly<Record<string, string>> };
    assert.deepEqual(inputs["input"], { version: annotations["force-sync"], workloads: ["Deployment/shop"] });
    assert.deepEqual({ parent, provider }, { parent: "main/shop", provider: "" });
    assert.deepEqual(options.dependsOn, ["main/shop/shop-db", "shop/db/vault"]);
    assert.deepEqual(options.hooks, { beforeUpdate: [`restart-main/shop/shop-db`] });
  });

  it("are none where a delivery names none", async () => {
    const { resources } = await up({ catalogue: catalogueWith([]), facts, secret: {} });
    assert.ok(!resources.names(stash).includes(name));
  });
});
