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

  it("counts as a reader by its templates too, and so does one that is here", () => {
    const composed = (...environments: string[]): CatalogueDelivery => ({
      ...only(...environments),
      from: [],
      templates: { URL: "pg://${debug/token}@${db/password}" },
    });
    assert.deepEqual(ids(shop({ debug }, composed("live"))), ["shop/db"]);
    assert.deepEqual(ids(shop({ debug: { keys: { token: password() } } }, composed("test"))), [
      "shop/db",
      "shop/debug",
    ]);
    const both = shop({ debug: { keys: { token: password() } } }, only("live"), {
      ...composed("test"),
      secretName: "b",
    });
    assert.deepEqual(ids(both), ["shop/db", "shop/debug"]);
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
    assert.deepEqual(typo, {
      path: 'storedIn["shop/d"]',
      problem: "no such secret; did you mean shop/db? there is shop/db",
      fix: `if it is gone: pulumi config rm --path 'storedIn["shop/d"]'`,
    });
  });

  describe("and that a store has from somebody else", () => {
    const aws = { kind: "aws-secrets-manager", accountId: "123456789012" };
    const regions = {
      main: { ...aws, region: "eu-central-1", replicas: [{ region: "eu-west-1" }] },
      copy: { ...aws, region: "eu-west-1", references: { "shop/key": true } },
    };
    const stored = (storedIn: unknown, references: object = {}) =>
      withStores(
        { "shop/key": storedIn },
        { stores: { ...facts.stores, ...regions, main: { ...regions.main, references } } },
      );

    it("is written to the others, and named in the output: the copy of another region is one", () => {
      const spec = environment(stored(["main", "copy"]));
      assert.deepEqual(
        placementsOf(spec, "shop/key").map(({ store, referencedBy, replicaOf }) => [
          store.name,
          referencedBy,
          replicaOf,
        ]),
        [
          ["copy", 'stores.copy.references["shop/key"]', "main"],
          ["main", undefined, undefined],
        ],
      );
      const name = spec.placements.find(({ secret }) => secret.id === "shop/key")?.objects[0]?.name;
      assert.deepEqual(outputsOf(spec).stored?.["shop/key"]?.remoteNames, { copy: [name], main: [name] });
    });

    it("is refused where every store has it so, for there is nothing to do", () => {
      const fix = (store: string) =>
        `pulumi config rm --path 'stores.${store}.references["shop/key"]', or [] under storedIn["shop/key"] where the environment does not have it`;
      const problem =
        "leaves nothing to do here: somebody else makes the secret in each store that storedIn names, and no namespace here gets it (delivered: false)";
      assert.deepEqual(issuesOf(stored("copy")), [
        { path: 'stores.copy.references["shop/key"]', problem, fix: fix("copy") },
      ]);
      assert.deepEqual(issuesOf(stored(["main", "copy"], { "shop/key": true })), [
        { path: 'stores.main.references["shop/key"]', problem, fix: fix("main") },
        { path: 'stores.copy.references["shop/key"]', problem, fix: fix("copy") },
      ]);
    });

    it("must be one of the stores that facts name", () => {
      assert.deepEqual(issuesOf(stored("main")), [
        {
          path: 'stores.copy.references["shop/key"]',
          problem: 'has no effect: storedIn["shop/key"] does not name store copy',
          fix: "pulumi config rm --path 'stores.copy.references[\"shop/key\"]'",
        },
      ]);
    });
  });

  it("may not be read by a template of a Secret either", () => {
    const read: CatalogueDelivery = {
      namespace: "shop",
      secretName: "shop-key",
      from: [],
      templates: { K: "${key/token}" },
    };
    const catalogue = shop({ key }, read);
    assert.deepEqual(
      issuesOf({ catalogue, facts: { ...facts, storedIn: { "shop/key": "vault" } } }).map(({ problem }) => problem),
      ["reads shop/key, of which the catalogue says that no namespace gets it (delivered: false)"],
    );
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
