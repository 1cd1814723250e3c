import assert from "node:assert/strict";
import { chosen, type Choice } from "../../../operations/rotate/choice.ts";
import { literal, password, provided } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { environment, facts } from "../../support/fixtures.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: { rotateEveryDays: 90, keys: { username: literal("shop"), password: password() } },
      api: { rotateEveryDays: 30, keys: { token: password() } },
      theirs: { rotateEveryDays: 30, keys: { token: password() } },
      given: { rotateEveryDays: 30, keys: { token: provided("shopToken") } },
      fixed: { keys: { name: literal("shop") } },
    },
    deliveries: ["db", "api", "theirs", "given", "fixed"].map((name) => ({
      namespace: "shop",
      secretName: `shop-${name}`,
      from: [name],
    })),
  },
  bank: {
    secrets: { key: { rotateEveryDays: 30, keys: { token: password() } } },
    deliveries: [{ namespace: "shop", secretName: "bank-key", from: ["key"] }],
  },
};
const described = environment({
  catalogue,
  secretKeys: new Set(["shopToken"]),
  facts: {
    ...facts,
    reference: { "shop/theirs": true },
    rotations: { "bank/key": "2026-05-20" },
    namespaces: {
      shop: {
        cluster: "main",
        store: "vault",
        secrets: { "shop-api": { refreshPolicy: "CreatedOnce", missesRotations: true } },
      },
    },
  },
});
const of = (choice: Choice) => {
  const { secrets, leftOut } = chosen(described, choice);
  return { secrets: secrets.map(({ id }) => id), leftOut };
};

const once = {
  id: "shop/api",
  reason: "is delivered to shop/shop-api with refreshPolicy CreatedOnce, which keeps the values of its first sync",
  fix:
    "pulumi config rm --path 'namespaces.shop.secrets.shop-api.missesRotations' && " +
    "pulumi config set --path 'namespaces.shop.secrets.shop-api.refreshPolicy' OnChange",
};
const given = {
  id: "shop/given",
  reason: "has no generated value: people provide it",
  fix: "change it at its source, then: pulumi config set --secret shopToken && pulumi up",
};
const theirs = {
  id: "shop/theirs",
  reason: "is referenced: somebody else makes its value",
  fix: "have its owner rotate it (docs/references.md)",
};

describe("the secrets that are rotated", () => {
  it("are those that are named, each once", () => {
    assert.deepEqual(of({ kind: "named", ids: ["shop/db", "bank/key", "shop/db"] }), {
      secrets: ["shop/db", "bank/key"],
      leftOut: [],
    });
  });

  it("are those that are due by a day, and what can't be rotated here is left out with the reason", () => {
    assert.deepEqual(of({ kind: "due", by: "2026-05-01" }), { secrets: ["shop/db"], leftOut: [once, theirs, given] });
    assert.deepEqual(of({ kind: "due", by: "2026-06-20" }).secrets, ["shop/db", "bank/key"]);
    assert.deepEqual(of({ kind: "due", by: "2026-06-20", application: "bank" }), {
      secrets: ["bank/key"],
      leftOut: [],
    });
    assert.deepEqual(of({ kind: "due", by: "2026-02-01" }), { secrets: [], leftOut: [] });
  });

  it("are all of an application, those without a cadence among them", () => {
    const fixed = {
      id: "shop/fixed",
      reason: "has no generated value: all of its keys are fixed in the catalogue",
      fix: "change them there",
    };
    assert.deepEqual(of({ kind: "all", application: "shop" }), {
      secrets: ["shop/db"],
      leftOut: [once, theirs, given, fixed],
    });
  });

  it("are refused all at once where they are named and can't be", () => {
    assert.throws(() => of({ kind: "named", ids: ["shop/bd", "shop/shop-db", "shop/api", "shop/theirs", "shop/db"] }), {
      message: `A rotation in environment test was refused: 4 problems. Nothing was changed.
  shop/bd: is no secret of this environment, as <application>/<secret>; did you mean shop/db? there are bank/key, shop/api, shop/db, shop/fixed, shop/given, shop/theirs
  shop/shop-db: is a Secret in a cluster, which is made of shop/db
    fix: name shop/db
  shop/api: ${once.reason}
    fix: ${once.fix}
  shop/theirs: ${theirs.reason}
    fix: ${theirs.fix}`,
    });
    assert.throws(() => of({ kind: "all", application: "shp" }), {
      message: 'Environment test has no application "shp"; did you mean shop? there are bank, shop.',
    });
  });

  it("has nothing of what it leaves out, which must be a secret", () => {
    const whole = of({ kind: "all" });
    const except = ["shop/db", "shop/theirs"];
    assert.deepEqual(of({ kind: "all", except }), {
      secrets: whole.secrets.filter((id) => id !== "shop/db"),
      leftOut: whole.leftOut.filter(({ id }) => id !== "shop/theirs"),
    });
    assert.throws(
      () => of({ kind: "all", except: ["shop/dbs"] }),
      /shop\/dbs: is no secret of this environment, as <application>\/<secret>/,
    );
  });
});
