import assert from "node:assert/strict";
import { bcryptOf, hexToken, literal, password } from "../../../../components/values/recipe.ts";
import type { WeakKey } from "../../../../stacks/environments/policy.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { catalogue, catalogueOf, environment, facts, policy, refusal, refusalOf } from "../../../support/fixtures.ts";
import { runProgram } from "../../../support/mocks.ts";
import { stack } from "../../../support/stack.ts";

const reason = "The terminal takes exactly 16 characters";
const pin: WeakKey = { secret: "shop/db", key: "pin", reason };
const keys = {
  pin: password({ length: 16 }),
  password: password(),
  name: password({ length: 8, identifies: true }),
  user: literal("shop"),
  hash: bcryptOf("password"),
  standby: { when: "high-availability", recipe: password({ length: 16 }) },
} as const;
const scene = (...weakKeys: readonly WeakKey[]) => ({
  catalogue: catalogueOf(keys),
  policy: { ...policy, weakKeys },
});
const fix = "    fix: change stacks/environments/test.ts";

describe("an exception to the minimum strength", () => {
  it("lets one key be weak, and the environment names it with the strength that it has", () => {
    assert.deepEqual(environment(scene(pin)).weakKeys, [{ ...pin, bits: 95 }]);
  });

  it("lets no other key be weak", () => {
    const catalogue = catalogueOf({ ...keys, other: password({ length: 16 }) });
    assert.equal(
      refusalOf({ ...scene(pin), catalogue }),
      refusal(
        1,
        "  catalogue.shop.secrets.db.keys.other: a value of 95 bits is weaker than the environment's minimum of 128",
        "    fix: make it longer, or allow more kinds of characters",
      ),
    );
  });

  for (const [what, entry, problem] of [
    ["of a secret that does not exist", { secret: "shop/pin" }, '"shop/pin" is not in the catalogue; there is shop/db'],
    [
      "of a key that does not exist",
      { key: "pinn" },
      'shop/db has no key "pinn"; did you mean pin? there are hash, name, password, pin, standby, user',
    ],
    [
      "of a key that is strong enough",
      { key: "password" },
      'is not needed: "password" of shop/db has 190 bits, and the minimum is 128',
    ],
    [
      "of a key that only identifies",
      { key: "name" },
      'is not needed: "name" of shop/db only identifies its owner, and no minimum applies to it',
    ],
    [
      "of a literal",
      { key: "user" },
      'is not needed: "user" of shop/db is not generated, and no minimum applies to it',
    ],
    ["of a hash", { key: "hash" }, 'is not needed: "hash" of shop/db is not generated, and no minimum applies to it'],
    [
      "of a key that the environment does not have",
      { key: "standby" },
      'is not needed: shop/db has no key "standby" in this environment',
    ],
  ] as const) {
    it(`is refused: ${what}`, () => {
      assert.equal(refusalOf(scene(pin, { ...pin, ...entry })), refusal(1, `  policy.weakKeys[1]: ${problem}`, fix));
    });
  }

  it("is refused of a secret that only other environments have, and allowed of one that another part may store", () => {
    const elsewhere: Catalogue = {
      ...catalogue,
      till: {
        secrets: { db: { keys: { pin: password({ length: 16 }) } } },
        deliveries: [{ namespace: "shop", secretName: "till-db", from: ["db"], environments: ["live"] }],
      },
    };
    const entry = { ...pin, secret: "till/db" };
    const weak = { ...policy, weakKeys: [entry] };
    assert.equal(
      refusalOf({ catalogue: elsewhere, policy: weak }),
      refusal(1, "  policy.weakKeys[0]: is not needed: this environment does not have till/db", fix),
    );
    const machines: Catalogue = {
      ...catalogue,
      till: { secrets: { db: { delivered: false, keys: { pin: password({ length: 16 }) } } }, deliveries: [] },
    };
    const here = environment({ catalogue: machines, policy: weak, facts: { ...facts, storedIn: { "till/db": [] } } });
    assert.deepEqual(here.weakKeys, []);
  });

  it("is refused of a secret that is only referenced", () => {
    const message = refusalOf({ ...scene(pin), facts: { ...facts, reference: { "shop/db": true } } });
    assert.equal(
      message,
      refusal(1, "  policy.weakKeys[0]: is not needed: no minimum applies to shop/db, which is under reference", fix),
    );
  });

  it("is not missed by a part of the environment that does not run its application", () => {
    const { shop } = catalogueOf(keys);
    const till = {
      ...catalogueOf({ token: hexToken() }).shop,
      deliveries: [{ namespace: "shop", secretName: "till", from: ["db"] }],
    };
    assert.ok(shop);
    const part = environment({
      ...scene(pin),
      catalogue: { shop, till: { secrets: till.secrets ?? {}, deliveries: till.deliveries } },
      facts: { ...facts, applications: ["till"] },
    });
    assert.deepEqual(part.weakKeys, []);
  });

  it("is named in each run with its reason, as a warning", async () => {
    const { logs } = await runProgram(
      ...stack({ catalogue: catalogueOf({ pin: keys.pin }), secret: {}, policy: { weakKeys: [pin] } }),
    );
    assert.deepEqual(
      logs.map(({ severity, message }) => [severity, message]),
      [
        [
          "warning",
          `shop/db pin: a value of 95 bits is weaker than the environment's minimum of 128, which its policy allows (weakKeys): ${reason}`,
        ],
      ],
    );
  });
});
