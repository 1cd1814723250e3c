import assert from "node:assert/strict";
import { selectReads } from "../../../../components/delivery/selection.ts";
import { placementsOf } from "../../../../stacks/config/environment.ts";
import { catalogue, environment, facts, refusalOf } from "../../../support/fixtures.ts";

const path = 'stores.vault.databaseCredentials["shop/db"]';
const withCredentials = (databaseCredentials: object, more: object = {}) => ({
  facts: {
    ...facts,
    stores: { vault: { ...facts.stores.vault, databaseCredentials } },
    ...more,
  },
});
const refused = (databaseCredentials: object, more: object = {}) =>
  refusalOf(withCredentials(databaseCredentials, more));

describe("a secret that Vault's database secrets engine issues", () => {
  it("is read through a generator, field by field, and no recipe or date of the catalogue counts", () => {
    const spec = environment(withCredentials({ "shop/db": { role: "shop" } }));
    const [placement] = placementsOf(spec, "shop/db");
    const delivery = spec.namespaces[0]?.deliveries[0];
    assert.ok(placement && delivery);
    assert.deepEqual(placement.secret.origin, { kind: "issued", credentials: "dynamic" });
    assert.equal(placement.secret.rotateBy, undefined);
    assert.equal(placement.referencedBy, path);
    assert.deepEqual(placement.objects, [
      {
        name: "database/creds/shop",
        layout: "bundle",
        keys: ["password", "username"],
        issued: {
          kind: "dynamic",
          mount: "database",
          role: "shop",
          fields: { password: "password", username: "username" },
          generator: "VaultDynamicSecret",
        },
      },
    ]);
    const readable = new Map([["shop/db", { objects: placement.objects.map((object) => ({ object })) }]]);
    assert.deepEqual(selectReads(delivery, readable), {
      extract: [],
      data: [],
      generators: [
        {
          name: "shop.db",
          kind: "VaultDynamicSecret",
          fields: { password: "issued1_password", username: "issued1_username" },
        },
      ],
      template: { password: "{{ .issued1_password }}", username: "{{ .issued1_username }}" },
    });
  });

  it("may be the account of a static role, under another mount", () => {
    const spec = environment(withCredentials({ "shop/db": { staticRole: "legacy", mount: "db/eu" } }));
    assert.equal(placementsOf(spec, "shop/db")[0]?.objects[0]?.name, "db/eu/static-creds/legacy");
  });

  it("has one kind of role", () => {
    const said = `${path}: must have role (dynamic credentials) or staticRole (an account whose password Vault rotates), and not both`;
    assert.match(refused({ "shop/db": {} }), new RegExp(escaped(said)));
    assert.match(refused({ "shop/db": { role: "a", staticRole: "b" } }), new RegExp(escaped(said)));
  });

  for (const [what, [credentials, more, said]] of Object.entries<[object, object, string]>({
    "a secret that does not exist": [
      { "shop/dd": { role: "shop" } },
      {},
      'stores.vault.databaseCredentials["shop/dd"]: no such secret',
    ],
    "a rotation": [
      { "shop/db": { role: "shop" } },
      { rotations: { "shop/db": "2026-02-01T00:00:00Z" } },
      `rotations["shop/db"]: has no effect: store vault issues the secret (${path}), and renews it by itself`,
    ],
    "an adoption": [
      { "shop/db": { role: "shop" } },
      { reference: { "shop/db": true } },
      `${path}: the secret is also under reference["shop/db"], which excludes this`,
    ],
    "a delivery that is no ExternalSecret of this program": [
      { "shop/db": { role: "shop" } },
      { via: "gitops" },
      `is delivered gitops; credentials that a store issues come by external-secret alone`,
    ],
    "a policy that reads once": [
      { "shop/db": { role: "shop" } },
      { refreshPolicy: "CreatedOnce" },
      "is CreatedOnce, and shop/",
    ],
  })) {
    it(`is refused beside ${what}`, () => {
      assert.match(refused(credentials, more), new RegExp(escaped(said)));
    });
  }

  it("is refused with restarts, which runs alone carry out: the ways in which consumers follow it are named", () => {
    const application = catalogue["shop"] ?? assert.fail();
    const deliveries = application.deliveries.map((each) => ({ ...each, restarts: ["Deployment/shop"] }));
    const input = {
      ...withCredentials({ "shop/db": { role: "shop" } }),
      catalogue: { shop: { ...application, deliveries } },
    };
    const place = `shop/${deliveries[0]?.secretName ?? ""}`;
    assert.match(
      refusalOf(input),
      new RegExp(
        escaped(
          `  ${path}: ${place} has restarts, which follow runs of pulumi up; the operator renews these credentials between runs\n` +
            "    fix: remove restarts from the delivery, and let the application read the Secret again from a mounted volume, " +
            'or a controller such as Reloader restart it (annotations of the delivery: { "reloader.stakater.com/match": "true" }): docs/stores/vault-kv.md#consumers',
        ),
      ),
    );
  });

  it("has no key but those that Vault issues, unless facts say which field it is", () => {
    const application = catalogue["shop"] ?? assert.fail();
    const secret = application.secrets["db"] ?? assert.fail();
    const { username = assert.fail(), password = assert.fail() } = secret.keys;
    const renamed = {
      shop: {
        ...application,
        secrets: { ...application.secrets, db: { ...secret, keys: { user: username, password } } },
      },
    };
    const input = (keys: object) => ({ ...withCredentials({ "shop/db": { role: "shop", keys } }), catalogue: renamed });
    assert.match(
      refusalOf(input({})),
      /gets key "user", which is none of what a database engine issues \(password, username\)/,
    );
    const spec = environment(input({ user: "username" }));
    assert.deepEqual(placementsOf(spec, "shop/db")[0]?.objects[0]?.issued?.fields, {
      password: "password",
      user: "username",
    });
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
