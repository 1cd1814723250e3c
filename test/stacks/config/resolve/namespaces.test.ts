import assert from "node:assert/strict";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { literal, password } from "../../../../components/values/recipe.ts";
import { placementsOf, type Environment } from "../../../../stacks/config/environment.ts";
import { outputsOf } from "../../../../stacks/outputs/index.ts";
import { environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";

const vault = {
  kind: "vault-kv",
  address: "https://vault.example:8200",
  auth: { mountPaths: { other: "kubernetes-other" } },
} as const;
const stores = { vault, second: { ...vault, mount: "second" }, third: { ...vault, mount: "third" } };
const clusters = { main: facts.clusters.main, other: { ...facts.clusters.main, context: "other", store: "second" } };
const withNamespace = (shop: object) => ({ facts: { ...facts, stores, clusters, namespaces: { shop } } });

const placesOf = (shop: object) =>
  environment(withNamespace(shop)).namespaces.map(({ key, cluster, store, alsoStores }) => ({
    key,
    cluster: cluster.name,
    store: store?.name,
    alsoStores: alsoStores.map(({ name }) => name),
  }));
const storesOf = (spec: Environment, id: string) => placementsOf(spec, id).map(({ store }) => store.name);

describe("placing namespaces", () => {
  it("puts one into its cluster, with its store", () => {
    assert.deepEqual(placesOf({ cluster: "main", store: "vault" }), [
      { key: "main/shop", cluster: "main", store: "vault", alsoStores: [] },
    ]);
  });

  it("takes the store of the cluster where the namespace names none", () => {
    assert.deepEqual(placesOf({ cluster: "other" }), [
      { key: "other/shop", cluster: "other", store: "second", alsoStores: [] },
    ]);
  });

  it("puts one into several clusters, each with the store that is nearest", () => {
    assert.deepEqual(placesOf({ clusters: { main: { store: "vault" }, other: {} } }), [
      { key: "main/shop", cluster: "main", store: "vault", alsoStores: [] },
      { key: "other/shop", cluster: "other", store: "second", alsoStores: [] },
    ]);
  });

  it("keeps its secrets in further stores, which nobody reads yet", () => {
    const spec = environment(withNamespace({ cluster: "main", store: "vault", alsoStores: ["third", "vault"] }));
    assert.deepEqual(storesOf(spec, "shop/db"), ["third", "vault"]);
    assert.deepEqual(
      spec.namespaces.map(({ alsoStores }) => alsoStores.map(({ name }) => name)),
      [["third"]],
    );
  });

  it("keeps a secret once in each store of its consumers, and shows the names in each", () => {
    const spec = environment(withNamespace({ clusters: { main: { store: "vault" }, other: {} } }));
    assert.deepEqual(storesOf(spec, "shop/db"), ["second", "vault"]);
    assert.deepEqual(outputsOf(spec).namespaces["shop"], {
      clusters: {
        main: { store: "vault", secretStore: "secrets-reader" },
        other: { store: "second", secretStore: "secrets-reader" },
      },
      secrets: {
        "shop-db": {
          keys: ["password", "username"],
          remoteNames: { second: ["acme-test/shop/db"], vault: ["acme-test/shop/db"] },
          rotateBy: "2026-05-01",
          rotatedAt: "2026-01-31T00:00:00Z",
          merged: false,
        },
      },
    });
  });

  for (const [name, shop, ...lines] of [
    [
      "a namespace of no cluster",
      { store: "vault" },
      "  namespaces.shop: must name either one cluster (cluster) or several (clusters)",
    ],
    [
      "a namespace of one cluster and of several",
      { cluster: "main", clusters: { other: {} } },
      "  namespaces.shop: must name either one cluster (cluster) or several (clusters)",
    ],
    [
      "a store for several clusters at once",
      { clusters: { other: {} }, store: "vault" },
      "  namespaces.shop: names its clusters under clusters, so each store belongs there: clusters.<name>.store",
    ],
    [
      "a cluster that does not exist",
      { clusters: { none: { store: "vault" } } },
      '  namespaces.shop.clusters.none: "none" does not exist; there are main, other',
    ],
    [
      "a store that does not exist, in one of several clusters",
      { clusters: { main: { store: "none" } } },
      '  namespaces.shop.clusters.main.store: "none" does not exist; there are second, third, vault',
    ],
    [
      "a further store that does not exist",
      { cluster: "main", store: "vault", alsoStores: ["none"] },
      '  namespaces.shop.alsoStores[0]: "none" does not exist; there are second, third, vault',
    ],
    [
      "a namespace without a store, in a cluster without one",
      { cluster: "main" },
      "  namespaces.shop.store: is missing, and cluster main names no store for its namespaces",
      "    fix: pulumi config set --path 'clusters.main.store' <store>",
    ],
  ] as const) {
    it(`rejects ${name}`, () => {
      assert.equal(refusalOf(withNamespace(shop)), refusal(1, ...lines));
    });
  }
});

describe("referring to a secret of somebody else", () => {
  const catalogue: Catalogue = {
    shop: {
      secrets: { db: { keys: { username: literal("shop"), password: password({ length: 4 }) } } },
      deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
    },
  };

  it("asks for no rule and no value of it", () => {
    const spec = environment({ catalogue, facts: { ...facts, reference: { "shop/db": true } } });
    assert.deepEqual(
      spec.secrets.map(({ id, origin }) => [id, origin]),
      [["shop/db", { kind: "referenced" }]],
    );
    assert.match(refusalOf({ catalogue }), /is weaker than the environment's minimum/);
  });

  it("rejects one that a store of kind kubernetes would hold", () => {
    const changes = { facts: { ...facts, stores: { vault: { kind: "kubernetes" } }, reference: { "shop/db": true } } };
    assert.equal(
      refusalOf(changes),
      refusal(
        1,
        '  reference["shop/db"]: namespace shop gets it plain (via), but this program never has the value of a referenced secret',
        "    fix: let the operator bring it from a store that holds it: pulumi config set --path 'namespaces.shop.secrets.shop-db.via' external-secret",
        `    or let this program make the value: pulumi config rm --path 'reference["shop/db"]'`,
      ),
    );
  });

  it("takes over from the remote store of a secret that is also delivered plainly", () => {
    const places = { clusters: { main: { store: "vault" }, other: { store: "plain" } } };
    const { facts: base } = withNamespace(places);
    const both = { ...base, stores: { ...base.stores, plain: { kind: "kubernetes" } }, adopt: { "shop/db": true } };
    assert.deepEqual(environment({ facts: both }).secrets[0]?.origin, {
      kind: "adopted",
      fromStores: true,
      without: [],
    });
  });

  it("rejects one that is also delivered plainly: where it lies, there is nothing to read", () => {
    const places = { clusters: { main: { store: "vault" }, other: { store: "plain" } } };
    const { facts: base } = withNamespace(places);
    const both = { ...base, stores: { ...base.stores, plain: { kind: "kubernetes" } }, reference: { "shop/db": true } };
    assert.equal(
      refusalOf({ facts: both }),
      refusal(
        1,
        '  reference["shop/db"]: namespace shop gets it plain (via), but this program never has the value of a referenced secret',
        "    fix: let the operator bring it from a store that holds it: pulumi config set --path 'namespaces.shop.secrets.shop-db.via' external-secret",
        `    or let this program make the value: pulumi config rm --path 'reference["shop/db"]'`,
      ),
    );
  });

  it("rejects an unknown one", () => {
    assert.equal(
      refusalOf({ facts: { ...facts, reference: { "shop/dbb": true } } }),
      refusal(
        1,
        '  reference["shop/dbb"]: no such secret; did you mean shop/db? there is shop/db',
        `    fix: if it is gone: pulumi config rm --path 'reference["shop/dbb"]'`,
      ),
    );
  });
});
