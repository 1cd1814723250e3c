import assert from "node:assert/strict";
import { password } from "../../../../components/values/recipe.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { deliveriesIn, environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";

const catalogueOf = (restarts: unknown): Catalogue => ({
  shop: {
    secrets: { db: { keys: { password: password() } } },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"], restarts: restarts as readonly string[] }],
  },
});
const restarts = ["Deployment/shop", "StatefulSet/cart"];
const problem = (reason: string) =>
  refusal(
    1,
    `  namespaces.shop.secrets.shop-db: Deployment/shop, StatefulSet/cart would never be restarted: the Secret ${reason}`,
    "    fix: deliver it by external-secret and read it again, or take restarts out of its delivery in the catalogue",
  );

describe("restarts of a Secret", () => {
  it("are workloads of its namespace", () => {
    const [delivery] = deliveriesIn(environment({ catalogue: catalogueOf(restarts) }));
    assert.deepEqual(delivery?.restarts, [
      { kind: "Deployment", name: "shop" },
      { kind: "StatefulSet", name: "cart" },
    ]);
  });

  it("are refused where nothing would bring them about", () => {
    for (const via of ["plain", "gitops"]) {
      const changes = { catalogue: catalogueOf(restarts), facts: { ...facts, via } };
      assert.equal(refusalOf(changes), problem(`is delivered ${via} (via)`));
    }
    const once = { ...facts, refreshPolicy: "CreatedOnce" };
    assert.equal(refusalOf({ catalogue: catalogueOf(restarts), facts: once }), problem("is read once (CreatedOnce)"));
  });

  for (const [wrong, ...lines] of [
    [
      "Deployment/shop",
      '  catalogue.shop.deliveries["shop/shop-db"].restarts: must be a list of workloads, such as "Deployment/mlflow" (Deployment, StatefulSet, DaemonSet), received a text of 15 characters',
    ],
    [
      ["deployment/shop"],
      '  catalogue.shop.deliveries["shop/shop-db"].restarts[0]: must be a workload, such as "Deployment/mlflow" (Deployment, StatefulSet, DaemonSet), received a text of 15 characters',
    ],
  ] as const) {
    it(`are not ${JSON.stringify(wrong)}`, () => {
      assert.equal(refusalOf({ catalogue: catalogueOf(wrong) }), refusal(1, ...lines));
    });
  }
});
