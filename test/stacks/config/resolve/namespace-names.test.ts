import assert from "node:assert/strict";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { catalogue, deliveriesIn, environment, facts, issuesOf } from "../../../support/fixtures.ts";

const twoNamespaces: Catalogue = {
  shop: {
    secrets: catalogue["shop"]?.secrets ?? {},
    deliveries: ["shop", "till"].map((namespace) => ({ namespace, secretName: "shop-db", from: ["db"] })),
  },
};
const at = { cluster: "main", store: "vault" };
const withNames = (namespaces: unknown) => ({ catalogue: twoNamespaces, facts: { ...facts, namespaces } });

describe("a namespace that its cluster calls otherwise", () => {
  it("has that name, and the logical name of its entry", () => {
    const [shop, till] = environment(withNames({ shop: { ...at, name: "shop-test" }, till: at })).namespaces;
    assert.deepEqual([shop?.key, shop?.entry, shop?.name], ["main/shop", "shop", "shop-test"]);
    assert.deepEqual([till?.key, till?.entry, till?.name], ["main/till", "till", "till"]);
    assert.deepEqual(
      shop?.deliveries.map(({ namespace }) => namespace),
      ["shop-test"],
    );
  });

  it("may have another name in each cluster", () => {
    const clusters = { main: facts.clusters.main, other: { ...facts.clusters.main, context: "other" } };
    const shop = { clusters: { main: { store: "vault" }, other: { store: "vault", name: "shop-b" } }, name: "shop-a" };
    const { namespaces } = environment({
      catalogue,
      facts: {
        ...facts,
        clusters,
        namespaces: { shop },
        stores: { vault: { ...facts.stores.vault, auth: { mountPaths: { other: "kubernetes-b" } } } },
      },
    });
    assert.deepEqual(
      namespaces.map(({ key, name }) => `${key} ${name}`),
      ["main/shop shop-a", "other/shop shop-b"],
    );
  });

  it("must not have the name of another one", () => {
    const fix = (entry: string, value: string) => `pulumi config set --path 'namespaces.${entry}.name' <${value}>`;
    assert.deepEqual(issuesOf(withNames({ shop: { ...at, name: "till" }, till: at })), [
      {
        path: "namespaces.shop.name",
        problem: "is the name of namespaces.till too: each namespace has one entry, in whichever cluster",
        fix: fix("shop", "another name"),
      },
    ]);
    assert.equal(issuesOf(withNames({ shop: { ...at, name: "both" }, till: { ...at, name: "both" } })).length, 1);
    assert.deepEqual(issuesOf(withNames({ shop: { ...at, name: "till" }, till: { ...at, name: "shop" } })), []);
  });

  it("must have a legal one, which a cluster does not keep for itself where it is made here", () => {
    assert.deepEqual(issuesOf(withNames({ shop: { ...at, name: "Shop" }, till: at }))[0]?.path, "namespaces.shop.name");
    assert.deepEqual(
      issuesOf(withNames({ shop: { ...at, name: "kube-shop", create: true }, till: at }))[0]?.path,
      "namespaces.shop.create",
    );
  });

  it("must not be that of the operator", () => {
    const [issue, ...others] = issuesOf(withNames({ shop: { ...at, name: "external-secrets" }, till: at }));
    assert.deepEqual(others, []);
    assert.equal(issue?.path, "clusters.main.externalSecrets.namespace");
    assert.ok(issue?.problem.includes("(namespaces.shop)"));
  });

  it("keeps the facts of its Secrets under its entry, and messages name them there", () => {
    const secrets = { "shop-db": { via: "plain", refreshSeconds: 600 } };
    assert.deepEqual(issuesOf(withNames({ shop: { ...at, name: "shop-test", secrets }, till: at })), [
      {
        path: "namespaces.shop.secrets.shop-db.refreshSeconds",
        problem: "has no effect: no operator reads a store for its Secrets, which are delivered otherwise (via)",
        fix: "pulumi config rm --path 'namespaces.shop.secrets.shop-db.refreshSeconds'",
      },
    ]);
    const once = { "shop-db": { refreshPolicy: "CreatedOnce" } };
    const [issue, ...others] = issuesOf(withNames({ shop: { ...at, name: "shop-test", secrets: once }, till: at }));
    assert.deepEqual(others, []);
    assert.equal(issue?.path, "namespaces.shop.secrets.shop-db.refreshPolicy");
    assert.match(issue.problem, /^CreatedOnce keeps Secret shop-test\/shop-db at the values of its first sync/);
    const accepted = { "shop-db": { refreshPolicy: "CreatedOnce", missesRotations: true } };
    assert.deepEqual(issuesOf(withNames({ shop: { ...at, name: "shop-test", secrets: accepted }, till: at })), []);
    const beside = { "shop-db": { deliveredAs: "shop-db-new", via: "gitops" } };
    const renamed = withNames({ shop: { ...at, name: "shop-test", secrets: beside }, till: at });
    assert.deepEqual(
      deliveriesIn(environment(renamed)).map(({ namespace, secretName, via }) => `${via} ${namespace}/${secretName}`),
      ["gitops shop-test/shop-db-new", "external-secret till/shop-db"],
    );
    const unknown = { "shop-bd": { via: "plain" } };
    assert.deepEqual(
      issuesOf(withNames({ shop: { ...at, name: "shop-test", secrets: unknown }, till: at })).map(({ path }) => path),
      ["namespaces.shop.secrets.shop-bd"],
    );
  });

  it("is named by that name in existingSecrets", () => {
    const named = withNames({ shop: { ...at, name: "shop-test" }, till: at });
    const choose = (place: string) =>
      issuesOf({ ...named, facts: { ...named.facts, existingSecrets: { [place]: "merge" } } });
    assert.deepEqual(choose("shop-test/shop-db"), []);
    assert.match(choose("shop/shop-db")[0]?.problem ?? "", /^no such Secret is delivered; /);
  });
});
