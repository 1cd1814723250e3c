import assert from "node:assert/strict";
import { password, provided, template } from "../../../../components/values/recipe.ts";
import { outputsOf } from "../../../../stacks/outputs/index.ts";
import { placementsOf } from "../../../../stacks/config/environment.ts";
import type { Catalogue, CatalogueDelivery, CatalogueSecret } from "../../../../stacks/environments/catalogue-spec.ts";
import { deliveriesIn, environment, facts, issuesOf } from "../../../support/fixtures.ts";

const db: CatalogueSecret = { keys: { password: password() } };
const main: CatalogueDelivery = { namespace: "shop", secretName: "shop-db", from: ["db"] };
const shop = (
  secrets: Readonly<Record<string, CatalogueSecret>>,
  ...deliveries: readonly CatalogueDelivery[]
): Catalogue => ({
  shop: { secrets: { db, ...secrets }, deliveries: [main, ...deliveries] },
});
const debug = { keys: { token: provided("debugToken"), line: template("${token}-${fact:host}") } };
const only = (...environments: string[]): CatalogueDelivery => ({
  namespace: "shop",
  secretName: "shop-debug",
  from: ["debug"],
  environments,
});

describe("a delivery that only some environments have", () => {
  const ids = (catalogue: Catalogue) => environment({ catalogue }).secrets.map(({ id }) => id);

  it("is left out elsewhere, with the secrets that it alone reads: nothing of them is made or asked for", () => {
    const catalogue = shop({ debug }, only("live"));
    assert.deepEqual(ids(catalogue), ["shop/db"]);
    assert.deepEqual(
      deliveriesIn(environment({ catalogue })).map(({ secretName }) => secretName),
      ["shop-db"],
    );
  });

  it("is there where it is named, and may replace another one of the same name", () => {
    const here = { catalogue: shop({ debug: db }, only("test", "live")) };
    assert.deepEqual(
      deliveriesIn(environment(here)).map(({ secretName }) => secretName),
      ["shop-db", "shop-debug"],
    );
    const either = shop({ debug: db, other: db }, only("test"), { ...only("live"), from: ["other"] });
    assert.deepEqual(ids(either), ["shop/db", "shop/debug"]);
  });

  it("leaves a secret that another delivery reads", () => {
    assert.deepEqual(ids(shop({ debug: db }, only("live"), { ...only("test"), secretName: "b" })), [
      "shop/db",
      "shop/debug",
    ]);
  });

  it("must name environments that there are", () => {
    assert.deepEqual(issuesOf({ catalogue: shop({ debug: db }, only("live", "tset")) }), [
      {
        path: 'catalogue.shop.deliveries["shop/shop-debug"].environments',
        problem: 'names "tset", which is no environment; there are live, test',
        fix: 'did you mean "test"?',
      },
    ]);
    assert.match(
      issuesOf({ catalogue: shop({ debug: db }, only()) })[0]?.problem ?? "",
      /^is empty: no environment has the Secret$/,
    );
  });

  it("leaves nothing for facts of its secret to say", () => {
    const rotations = { "shop/debug": "2026-02-01" };
    assert.deepEqual(issuesOf({ catalogue: shop({ debug: db }, only("live")), facts: { ...facts, rotations } }), [
      {
        path: 'rotations["shop/debug"]',
        problem: "has no effect: this environment does not have the secret",
        fix: "pulumi config rm --path 'rotations[\"shop/debug\"]'",
      },
    ]);
  });
});

describe("a secret that no namespace gets", () => {
  const key: CatalogueSecret = {
    keys: { token: password(), other: password() },
    delivered: false,
    rotateEveryDays: 30,
  };
  const stores = { ...facts.stores, second: { kind: "vault-kv", address: "https://other.example:8200" } };
  const withStores = (storedIn: unknown, more: object = {}) => ({
    catalogue: shop({ key }),
    facts: { ...facts, stores, storedIn, ...more },
  });

  it("is stored where facts say, and nobody reads it", () => {
    const spec = environment(withStores({ "shop/key": ["second", "vault", "second"] }));
    assert.deepEqual(
      placementsOf(spec, "shop/key").map(({ store }) => store.name),
      ["second", "vault"],
    );
    assert.deepEqual(
      placementsOf(spec, "shop/db").map(({ store }) => store.name),
      ["vault"],
    );
    assert.deepEqual(
      deliveriesIn(spec).flatMap(({ keys }) => keys.map(({ secret }) => secret)),
      ["shop/db"],
    );
    const name = "acme-test/shop/key";
    assert.deepEqual(outputsOf(spec).stored, {
      "shop/key": {
        remoteNames: { second: [name], vault: [name] },
        rotateBy: "2026-03-02",
        rotatedAt: "2026-01-31T00:00:00Z",
      },
    });
    assert.equal("stored" in outputsOf(environment()), false);
  });

  it("needs a store, or an empty list where the environment does not have it", () => {
    assert.deepEqual(issuesOf(withStores({})), [
      {
        path: 'storedIn["shop/key"]',
        problem:
          "is missing: no namespace gets the secret (delivered: false), so facts must name its store; there are second, vault",
        fix: "pulumi config set --path 'storedIn[\"shop/key\"]' <store>, or [] where the environment does not have it",
      },
    ]);
    assert.deepEqual(
      environment(withStores({ "shop/key": [] })).secrets.map(({ id }) => id),
      ["shop/db"],
    );
  });

  it("is refused in a store that is not there, or holds nothing by itself", () => {
    const [issue] = issuesOf(withStores({ "shop/key": ["vault", "secnd"] }));
    assert.deepEqual(
      [issue?.path, issue?.problem],
      ['storedIn["shop/key"][1]', '"secnd" does not exist; did you mean second? there are second, vault'],
    );
    const plain = { stores: { ...stores, none: { kind: "kubernetes" } } };
    assert.match(
      issuesOf(withStores({ "shop/key": "none" }, plain))[0]?.problem ?? "",
      /^"none" is of kind kubernetes/,
    );
  });

  it("is never one by mistake: without a delivery and without the word, a secret is refused", () => {
    assert.deepEqual(issuesOf({ catalogue: shop({ key: db }) }), [
      {
        path: "catalogue.shop.secrets.key",
        problem: "goes to no store: no namespace consumes it",
        fix: "add a delivery, remove the secret, or say that no namespace gets it: delivered: false",
      },
    ]);
    const [entry] = issuesOf({ facts: { ...facts, storedIn: { "shop/db": "vault" } } });
    assert.equal(
      entry?.problem,
      "the secret has deliveries, and lies in the stores that its namespaces read (store, alsoStores)",
    );
    const [typo] = issuesOf({ facts: { ...facts, storedIn: { "shop/d": "vault" } } });
    assert.equal(typo?.problem, "no such secret; did you mean shop/db? there is shop/db");
  });

  it("contradicts a delivery, and a reference", () => {
    const read: CatalogueDelivery = { namespace: "shop", secretName: "shop-key", from: ["key"] };
    const [issue] = issuesOf({
      catalogue: shop({ key }, read),
      facts: { ...facts, storedIn: { "shop/key": "vault" } },
    });
    assert.equal(
      issue?.problem,
      "reads shop/key, of which the catalogue says that no namespace gets it (delivered: false)",
    );
    const [reference] = issuesOf(withStores({ "shop/key": "vault" }, { reference: { "shop/key": true } }));
    assert.equal(reference?.path, 'reference["shop/key"]');
  });
});
