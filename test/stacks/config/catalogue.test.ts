import assert from "node:assert/strict";
import {
  bcryptOf,
  hexToken,
  literal,
  password,
  provided,
  providedOptionally,
  template,
} from "../../../components/values/recipe.ts";
import type { Catalogue, CatalogueSecret } from "../../../stacks/environments/catalogue-spec.ts";
import type { ResolveArgs } from "../../../stacks/config/resolve/environment.ts";
import { catalogueOf, deliveriesIn, environment, facts, policy, refusal, refusalOf } from "../../support/fixtures.ts";

const db: CatalogueSecret = { keys: { username: literal("shop"), password: password() } };
const delivery = { namespace: "shop", secretName: "shop-db", from: ["db"] };
const shop = { secrets: { db }, deliveries: [delivery] };
const other = { secret: "other", keys: { second: "password" } };

const withShop = (changes: Partial<Catalogue[string]>): Partial<ResolveArgs> => ({
  catalogue: { shop: { ...shop, ...changes } },
});
const withDelivery = (changes: Partial<Catalogue[string]["deliveries"][number]>) =>
  withShop({ deliveries: [{ ...delivery, ...changes }] });
const path =
  '  catalogue.shop.secrets.db.path: must be at least two names joined by "/", each of lowercase letters, digits, ".", "-" or "_", beginning with a letter or digit';
const pathFix = '    fix: such as path: "shop/db"';

const refused: readonly (readonly [string, Partial<ResolveArgs>, problems: number, ...lines: readonly string[]])[] = [
  [
    "an illegal application name",
    { catalogue: { "Shop!": shop } },
    1,
    '  catalogue["Shop!"]: a name must be up to 63 lowercase letters, digits or "-", beginning with a letter and ending with a letter or digit; character 1 is an uppercase letter',
  ],
  [
    "an illegal secret name",
    withShop({ secrets: { Db: db }, deliveries: [{ ...delivery, from: ["Db"] }] }),
    1,
    '  catalogue.shop.secrets.Db: a name must be up to 63 lowercase letters, digits or "-", beginning with a letter and ending with a letter or digit; character 1 is an uppercase letter',
  ],
  [
    "an illegal key",
    { catalogue: catalogueOf({ "a b": password() }) },
    1,
    '  catalogue.shop.secrets.db.keys["a b"]: a key must be up to 253 letters, digits, ".", "-" or "_"; character 2 is a space',
  ],
  [
    "an illegal key of a consumer",
    withDelivery({ from: [{ secret: "db", keys: { "a b": "password" } }] }),
    1,
    '  catalogue.shop.deliveries["shop/shop-db"]: key "a b": a key must be up to 253 letters, digits, ".", "-" or "_"; character 2 is a space',
  ],
  [
    "an illegal name of a Secret",
    withDelivery({ secretName: "Shop_db" }),
    1,
    '  catalogue.shop.deliveries["shop/Shop_db"]: secretName must be up to 253 lowercase letters, digits, "-" or ".", with a letter or digit at both ends and on both sides of each dot; character 1 is an uppercase letter',
  ],
  [
    "a name of a Secret with a dash behind a dot",
    withDelivery({ secretName: "shop.-db" }),
    1,
    '  catalogue.shop.deliveries["shop/shop.-db"]: secretName must be up to 253 lowercase letters, digits, "-" or ".", with a letter or digit at both ends and on both sides of each dot; a dot is not between letters or digits',
  ],
  [
    "an illegal name of a namespace",
    withDelivery({ namespace: "-shop" }),
    1,
    '  catalogue.shop.deliveries["-shop/shop-db"]: namespace must be up to 63 lowercase letters, digits or "-", beginning and ending with a letter or digit; it begins with "-"',
  ],
  [
    "a path with empty parts",
    withShop({ secrets: { db: { ...db, path: "old//db" } } }),
    1,
    `${path}; name 2 is empty`,
    pathFix,
  ],
  [
    "a path with a wildcard",
    withShop({ secrets: { db: { ...db, path: "old/*" } } }),
    1,
    `${path}; character 5 is "*"`,
    pathFix,
  ],
  [
    "a path that leaves its folder",
    withShop({ secrets: { db: { ...db, path: "../other/db" } } }),
    1,
    `${path}; name 1 begins with another character`,
    pathFix,
  ],
  [
    "a path that the store would not take",
    withShop({ secrets: { db: { ...db, path: `old/${"x".repeat(400)}` } } }),
    1,
    "  stores.vault: the path of shop/db has 414 characters; Vault allows at most 400",
  ],
  [
    "two secrets that share one remote name",
    withShop({
      secrets: { db, other: { ...db, path: "shop/db" } },
      deliveries: [{ ...delivery, from: ["db", other] }],
    }),
    1,
    '  stores.vault: shop/db and shop/other both map to "acme-test/shop/db"',
  ],
  [
    "a key that comes from two sources",
    withShop({
      secrets: { db, other: db },
      deliveries: [{ ...delivery, from: ["db", { secret: "other", keys: { password: "password" } }] }],
    }),
    1,
    '  catalogue.shop.deliveries["shop/shop-db"]: key "password" comes from two sources',
  ],
  [
    "a Secret that is delivered twice",
    withShop({ deliveries: [delivery, delivery] }),
    1,
    "  catalogue: Secret shop/shop-db is delivered twice, by shop",
    "    fix: let one delivery have all of its sources (from), or give it another secretName",
  ],
  [
    "a secret that nobody consumes",
    withShop({ secrets: { db, other: db } }),
    1,
    "  catalogue.shop.secrets.other: goes to no store: no namespace consumes it",
    "    fix: add a delivery, remove the secret, or say that no namespace gets it: delivered: false",
  ],
  [
    "a delivery of an unknown secret",
    withDelivery({ from: ["dbb"] }),
    1,
    '  catalogue.shop.deliveries["shop/shop-db"]: reads secret "shop/dbb", which the catalogue does not have; there are shop/db',
    '    fix: did you mean "shop/db"?',
  ],
  [
    "a delivery of another application's unknown secret",
    withDelivery({ from: ["db", "till/db"] }),
    1,
    '  catalogue.shop.deliveries["shop/shop-db"]: reads secret "till/db", which the catalogue does not have; there are shop/db',
  ],
  [
    "a delivery of an unknown key",
    withDelivery({ from: [{ secret: "db", keys: { a: "pasword", b: "username" } }] }),
    1,
    '  catalogue.shop.deliveries["shop/shop-db"]: reads key "pasword" of shop/db, which has password, username',
    '    fix: did you mean "password"?',
  ],
  [
    "a provided value that is missing",
    { catalogue: catalogueOf({ token: provided("shopToken") }) },
    1,
    "  shopToken: a provided value is not set",
    "    fix: pulumi config set --secret shopToken",
  ],
];

describe("parsing the catalogue", () => {
  it("resolves a secret with its epoch, its path and the date of its next rotation", () => {
    assert.deepEqual(environment().secrets, [
      {
        id: "shop/db",
        app: "shop",
        name: "db",
        path: "shop/db",
        keys: { password: password(), username: literal("shop") },
        epoch: "initial",
        rotatedAt: "2026-01-31T00:00:00Z",
        rotateBy: "2026-05-01",
        origin: { kind: "generated" },
      },
    ]);
  });

  it("resolves a delivery key by key", () => {
    assert.deepEqual(deliveriesIn(environment()), [
      {
        via: "external-secret",
        namespace: "shop",
        secretName: "shop-db",
        keys: [
          { key: "password", secret: "shop/db", from: "password" },
          { key: "username", secret: "shop/db", from: "username" },
        ],
        merge: false,
      },
    ]);
  });

  for (const [name, changes, problems, ...lines] of refused) {
    it(`rejects ${name}`, () => {
      assert.equal(refusalOf(changes), refusal(problems, ...lines));
    });
  }

  it("names a missing value once, however many keys want it", () => {
    const keys = { first: provided("shopToken"), second: provided("shopToken") };
    assert.equal(
      refusalOf({ catalogue: catalogueOf(keys) }),
      refusal(1, "  shopToken: a provided value is not set", "    fix: pulumi config set --secret shopToken"),
    );
  });

  it("leaves an optional key out while nobody provides it, and takes it once somebody does", () => {
    const catalogue = catalogueOf({ password: password(), token: providedOptionally("shopToken") });
    const keysWith = (...set: string[]) =>
      deliveriesIn(environment({ catalogue, secretKeys: new Set(set) }))[0]?.keys.map(({ key }) => key);
    assert.deepEqual(keysWith(), ["password"]);
    assert.deepEqual(keysWith("shopToken"), ["password", "token"]);
  });

  it("leaves out what is made of a key that is not there, in deliveries that name it too", () => {
    const keys = {
      password: password(),
      token: providedOptionally("shopToken"),
      header: template("Bearer ${token}"),
      hash: bcryptOf("token"),
      standby: { when: "high-availability", recipe: password() },
      url: template("pg://${standby|uri}@db"),
    } as const;
    const named = {
      ...delivery,
      secretName: "named",
      from: [{ secret: "db", keys: { HEADER: "header", PASS: "password" } }],
    };
    const catalogue: Catalogue = { shop: { secrets: { db: { keys } }, deliveries: [delivery, named] } };
    const keysWith = (...set: string[]) => {
      const spec = environment({ catalogue, secretKeys: new Set(set) });
      return deliveriesIn(spec).map((each) => each.keys.map(({ key }) => key));
    };
    assert.deepEqual(keysWith(), [["password"], ["PASS"]]);
    assert.deepEqual(keysWith("shopToken"), [
      ["hash", "header", "password", "token"],
      ["HEADER", "PASS"],
    ]);
  });

  it("leaves out a secret, and its Secret, of which nothing is left but what would be made of a missing key", () => {
    const keys = { token: providedOptionally("shopToken"), header: template("Bearer ${token}") };
    const spec = environment({ catalogue: catalogueOf(keys) });
    assert.deepEqual([spec.secrets[0]?.keys, deliveriesIn(spec)], [{}, []]);
  });

  it("delivers to a namespace, and of a secret and a key, that are named as what every object has", () => {
    const catalogue: Catalogue = {
      constructor: {
        secrets: { constructor: { keys: { constructor: password(), toString: literal("x") } } },
        deliveries: [{ namespace: "constructor", secretName: "constructor", from: ["constructor"] }],
      },
    };
    const spec = environment({
      catalogue,
      facts: { ...facts, namespaces: { constructor: { cluster: "main", store: "vault" } } },
    });
    assert.deepEqual(
      deliveriesIn(spec).map(({ namespace, keys }) => [namespace, keys.map(({ key }) => key)]),
      [["constructor", ["constructor", "toString"]]],
    );
  });

  it("tells its problems and those of the facts in one go", () => {
    const message = refusalOf({ catalogue: catalogueOf({ a: hexToken(NaN) }), facts: { ...facts, platform: 7 } });
    assert.match(message, /has 2 problems/);
    assert.match(message, /platform/);
    assert.match(message, /catalogue\.shop\.secrets\.db\.keys\.a: bytes must be a whole number from 1 to 4096/);
  });

  it("leaves out a secret, and its Secret, whose only key is optional and not provided", () => {
    const spec = environment({ catalogue: catalogueOf({ token: providedOptionally("shopToken") }) });
    assert.deepEqual([spec.secrets[0]?.keys, deliveriesIn(spec)], [{}, []]);
  });

  it("has keys for high availability only where the policy asks for it, in deliveries that name them too", () => {
    const catalogue: Catalogue = {
      shop: {
        secrets: { db: { keys: { ...db.keys, replication: { when: "high-availability", recipe: password() } } } },
        deliveries: [{ ...delivery, from: [{ secret: "db", keys: { main: "password", standby: "replication" } }] }],
      },
    };
    const keysWith = (highAvailability: boolean) => {
      const spec = environment({ catalogue, policy: { ...policy, highAvailability } });
      return [Object.keys(spec.secrets[0]?.keys ?? {}), deliveriesIn(spec)[0]?.keys.map(({ key }) => key)];
    };
    assert.deepEqual(keysWith(false), [["password", "username"], ["main"]]);
    assert.deepEqual(keysWith(true), [
      ["password", "replication", "username"],
      ["main", "standby"],
    ]);
  });

  it("runs only the applications that the facts list, and asks for nothing that others need", () => {
    const till = {
      secrets: { db: { keys: { token: provided("tillToken") } } },
      deliveries: [{ namespace: "till", secretName: "till-db", from: ["db"] }],
    };
    const spec = environment({ facts: { ...facts, applications: ["shop"] }, catalogue: { shop, till } });
    assert.deepEqual(
      spec.secrets.map(({ id }) => id),
      ["shop/db"],
    );
    assert.deepEqual(
      deliveriesIn(spec).map(({ secretName }) => secretName),
      ["shop-db"],
    );
  });

  it("keeps the remote name of a secret that has a path of its own", () => {
    const [secret] = environment(withShop({ secrets: { db: { ...db, path: "legacy/shop_db.v1" } } })).secrets;
    assert.equal(secret?.path, "legacy/shop_db.v1");
  });
});
