import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { up } from "../../support/stack.ts";

const stash = "pulumi:index:Stash";
const login = { target: "main", username: "username", password: "password" };
const of = (name: string) => ({ keys: { username: literal(name), password: password() }, accounts: [login] });
const deliveryOf = (name: string) => ({ namespace: "shop", secretName: name, from: [name] });

describe("an administrator whose login is a secret", () => {
  it("is told of before the accounts that it sets, also where its application comes later", async () => {
    const catalogue: Catalogue = {
      shop: { secrets: { db: of("shop") }, deliveries: [deliveryOf("db")] },
      till: { secrets: { owner: of("owner") }, deliveries: [deliveryOf("owner")] },
    };
    const facts = {
      namespaces: { shop: { cluster: "main", store: "vault" } },
      targets: {
        main: {
          kind: "postgresql",
          host: "db.example",
          administrator: "owner",
          administratorSecret: "till/owner",
        },
      },
    };
    const { resources } = await up({ catalogue, facts, secret: {} });
    const { dependsOn } = resources.find(stash, "shop/db/password/main").options;
    assert.ok(dependsOn.includes("till/owner/password/main"), dependsOn.join());
    assert.ok(!resources.find(stash, "till/owner/password/main").options.dependsOn.includes("shop/db/password/main"));
  });
});
