import assert from "node:assert/strict";
import {
  bcryptOf,
  hexToken,
  literal,
  password,
  previousOf,
  provided,
  publicKeyOf,
  template,
} from "../../../../components/values/recipe.ts";
import type { Recipe } from "../../../../components/values/recipe.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { catalogueOf, environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";

const keys = { token: hexToken(32), before: previousOf("token", { days: 14 }) };
const catalogue = catalogueOf(keys);
const at = (path: string) => `  catalogue.shop.secrets.db.keys.${path}`;

describe("a key that holds a previous value", () => {
  it("is valid for some days from the last rotation, and not before the first", () => {
    const overlapIn = (changes: object, now: string) =>
      environment({ catalogue, facts: { ...facts, ...changes }, now: new Date(now) }).secrets[0]?.overlaps;
    assert.deepEqual(overlapIn({}, "2026-02-14"), { before: { until: "2026-02-14", isOver: true } });
    const rotations = { "shop/db": "2026-12-01T10:00:00Z" };
    assert.deepEqual(overlapIn({ rotations }, "2026-12-15T23:00:00Z"), {
      before: { until: "2026-12-15", isOver: false },
    });
    assert.deepEqual(overlapIn({ rotations }, "2026-12-16"), { before: { until: "2026-12-15", isOver: true } });
    assert.deepEqual(overlapIn({ rotations, retirePrevious: { "shop/db": "2026-12-01T10:00:00Z" } }, "2026-12-02"), {
      before: { until: "2026-12-15", isOver: true },
    });
  });

  it("is unknown to secrets that have none", () => {
    assert.deepEqual(
      environment().secrets.map(({ overlaps, retired }) => [overlaps, retired]),
      [[undefined, undefined]],
    );
  });

  it("may be hashed, have a public key, and stand in templates beside the current one", () => {
    const all = { ...keys, hash: bcryptOf("before"), list: template('["${token}","${before|sha256}"]') };
    assert.deepEqual(Object.keys(environment({ catalogue: catalogueOf(all) }).secrets[0]?.keys ?? {}), [
      "before",
      "hash",
      "list",
      "token",
    ]);
  });

  it("goes where the key goes whose value it is", () => {
    const { secrets } = environment({
      catalogue: catalogueOf({
        other: password(),
        token: { when: "high-availability", recipe: hexToken(32) },
        before: previousOf("token", { days: 14 }),
      }),
    });
    assert.deepEqual(Object.keys(secrets[0]?.keys ?? {}), ["other"]);
  });

  for (const [name, wrong, ...lines] of [
    [
      "of a key that there is not",
      { token: hexToken(32), before: previousOf("tokens", { days: 14 }) },
      `${at("before")}: holds the previous value of a key that the secret does not have; it has before, token; received "tokens"`,
      '    fix: did you mean "token"?',
    ],
    [
      "of a fixed value",
      { token: hexToken(32), user: literal("shop"), before: previousOf("user", { days: 14 }) },
      `${at("before")}: holds the previous value of "user", which is not generated: a rotation gives it no new one`,
      "    fix: name a key that is, such as one of hexToken()",
    ],
    [
      "of itself",
      { token: hexToken(32), before: previousOf("before", { days: 14 }) },
      `${at("before")}: holds the previous value of "before", which is not generated: a rotation gives it no new one`,
      "    fix: name a key that is, such as one of hexToken()",
    ],
    [
      "that is the source of a public key, of no key pair",
      { ...keys, public: publicKeyOf("before") },
      `${at("public")}: is the public key of "before", which is no key pair`,
      '    fix: name the key of an sshKeyPair() or keyPair({ type: "…" }), or of a private key that is provided',
    ],
    [
      "that is hashed and too long for that",
      { token: hexToken(64), before: previousOf("token", { days: 14 }), hash: bcryptOf("before") },
      `${at("hash")}: hashes "before", which has 128 bytes; bcrypt reads the first 72 only`,
      '    fix: make "before" shorter',
    ],
    ...(
      [
        [0, "must be a whole number of days from 1 to 3650, received 0"],
        [1.5, "must be a whole number of days from 1 to 3650, received 1.5"],
        [3651, "must be a whole number of days from 1 to 3650, received 3651"],
        ["14", "must be a whole number of days from 1 to 3650, received a text of 2 characters"],
        [undefined, "is missing: it must be a whole number of days from 1 to 3650"],
      ] as const
    ).map(
      ([days, problem]) =>
        [
          `with ${JSON.stringify(days) ?? "no"} days`,
          { token: hexToken(32), before: previousOf("token", { days: days as number }) },
          `${at("before")}.days: ${problem}`,
        ] as const,
    ),
    [
      "with its days beside the options",
      { token: hexToken(32), before: previousOf("token", 14 as never) },
      `${at("before")}: takes its options as one object, received 14`,
      '    fix: such as previousOf("<key>", { days: 14 })',
    ],
  ] as readonly (readonly [string, Readonly<Record<string, Recipe>>, ...string[]])[]) {
    it(`is not one ${name}`, () => {
      assert.equal(refusalOf({ catalogue: catalogueOf(wrong) }), refusal(1, ...lines));
    });
  }

  it("is not one of a provided value, which people provide the previous value of", () => {
    const wrong = { token: provided("shopToken"), before: previousOf("token", { days: 14 }) };
    assert.equal(
      refusalOf({ catalogue: catalogueOf(wrong), secretKeys: new Set(["shopToken"]) }),
      refusal(
        1,
        `${at("before")}: holds the previous value of "token", which is not generated: a rotation gives it no new one`,
        '    fix: provide its previous value as well, under a key of its own: providedOptionally("…")',
      ),
    );
  });

  it("is valid for a shorter time than there is between rotations", () => {
    const every = (rotateEveryDays: number): Catalogue => ({
      shop: {
        secrets: { db: { rotateEveryDays, keys } },
        deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
      },
    });
    assert.equal(environment({ catalogue: every(15) }).secrets.length, 1);
    assert.equal(
      refusalOf({ catalogue: every(14) }),
      refusal(
        1,
        `${at("before")}: the previous value stays valid for 14 days, and the secret is due for rotation every 14 days: each rotation would come too early`,
        "    fix: give it fewer days than rotateEveryDays",
      ),
    );
  });

  it("is not generated in a cluster", () => {
    const clusters = { main: { ...facts.clusters.main, externalSecrets: { version: "2.9.0", pushSecrets: true } } };
    assert.equal(
      refusalOf({ catalogue, facts: { ...facts, clusters, generatedInCluster: { "shop/db": "main" } } }),
      refusal(
        1,
        '  generatedInCluster["shop/db"]: key "before" is a previous value, of which only this program knows when it ends',
        "    fix: let this program generate the secret",
      ),
    );
  });
});

describe("retiring a previous value", () => {
  const refused = (changes: object, of = catalogue) =>
    refusalOf({ catalogue: of, facts: { ...facts, ...changes }, now: new Date("2026-12-10") });
  const retirePrevious = { "shop/db": "2026-12-01" };
  const [path, command] = ['  retirePrevious["shop/db"]', "pulumi config set --path"];

  it("names a rotation that there was", () => {
    assert.equal(
      refused({ retirePrevious }),
      refusal(
        1,
        `${path}: names the rotation 2026-12-01, and the secret was never rotated`,
        `    fix: to rotate the secret as well: ${command} 'rotations["shop/db"]' 2026-12-01`,
      ),
    );
    assert.equal(
      refused({ retirePrevious, rotations: { "shop/db": "2026-11-01" } }),
      refusal(
        1,
        `${path}: names the rotation 2026-12-01, and the secret was rotated last at 2026-11-01`,
        `    fix: to retire the value before that: ${command} 'retirePrevious["shop/db"]' 2026-11-01; to rotate the secret as well: ${command} 'rotations["shop/db"]' 2026-12-01`,
      ),
    );
  });

  it("names a secret that has one", () => {
    assert.equal(
      refused({ retirePrevious, rotations: { "shop/db": "2026-12-01" } }, catalogueOf({ token: hexToken(32) })),
      refusal(
        1,
        `${path}: has no effect: no key of the secret holds a previous value`,
        `    fix: pulumi config rm --path 'retirePrevious["shop/db"]'`,
      ),
    );
    assert.equal(
      refused({ retirePrevious: { "shop/dp": "2026-12-01" } }),
      refusal(
        1,
        '  retirePrevious["shop/dp"]: no such secret; did you mean shop/db? there is shop/db',
        `    fix: if it is gone: pulumi config rm --path 'retirePrevious["shop/dp"]'`,
      ),
    );
  });

  it("is a date on which something can have happened", () => {
    const rotations = { "shop/db": "2026-12-01" };
    assert.match(
      refused({ rotations, retirePrevious: { "shop/db": "2027-12-01" } }),
      /retirePrevious\["shop\/db"\]: must not be in the future, received 2027-12-01, and today is 2026-12-10/,
    );
    assert.match(
      refused({ rotations, retirePrevious: { "shop/db": true } }),
      /retirePrevious\["shop\/db"\]: must be a text, received true/,
    );
  });
});
