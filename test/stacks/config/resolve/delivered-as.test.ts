import assert from "node:assert/strict";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { catalogue, deliveriesIn, environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";
import { up } from "../../../support/stack.ts";

const withSecrets = (secrets: object, more: object = {}) => ({
  facts: { ...facts, ...more, namespaces: { shop: { cluster: "main", store: "vault", secrets } } },
});

/** Two Secrets of one namespace. */
const two: Catalogue = Object.fromEntries(
  Object.entries(catalogue).map(([app, of]) => [
    app,
    { ...of, deliveries: [...of.deliveries, { namespace: "shop", secretName: "shop-copy", from: ["db"] }] },
  ]),
);

describe("a Secret that facts deliver under another name", () => {
  const beside = withSecrets({ "shop-db": { deliveredAs: "shop-db-beside", refreshSeconds: 900 } });

  it("is made under that name, with what facts say of it by its own", () => {
    const found = deliveriesIn(environment(beside));
    assert.deepEqual(
      found.map(({ secretName, declaredAs, refresh }) => ({ secretName, declaredAs, refresh })),
      [
        {
          secretName: "shop-db-beside",
          declaredAs: "shop-db",
          refresh: { policy: "Periodic", seconds: 900, from: "namespaces.shop.secrets.shop-db.refreshSeconds" },
        },
      ],
    );
  });

  it("is made instead of the other, not as well", async () => {
    const { resources } = await up({
      facts: { namespaces: { ...beside.facts.namespaces, till: { cluster: "main", store: "vault" } } },
    });
    const made = resources.names("kubernetes:external-secrets.io/v1:ExternalSecret");
    assert.deepEqual(
      made.filter((name) => name.startsWith("main/shop/")),
      ["main/shop/shop-db-beside"],
    );
  });

  it("is found by existingSecrets under that name alone", () => {
    const existing = (name: string) =>
      withSecrets({ "shop-db": { deliveredAs: "other" } }, { existingSecrets: { [name]: "adopt" } });
    assert.equal(deliveriesIn(environment(existing("shop/other")))[0]?.existing, "adopt");
    assert.match(
      refusalOf(existing("shop/shop-db")),
      /existingSecrets\["shop\/shop-db"\]: no such Secret is delivered/,
    );
  });

  it("is refused under the name of another Secret", () => {
    assert.equal(
      refusalOf({ ...withSecrets({ "shop-db": { deliveredAs: "shop-copy" } }), catalogue: two }),
      refusal(
        1,
        '  namespaces.shop.secrets.shop-db.deliveredAs: "shop-copy" is the name of another Secret of the namespace',
        "    fix: pulumi config rm --path 'namespaces.shop.secrets.shop-db.deliveredAs'",
      ),
    );
  });
});
