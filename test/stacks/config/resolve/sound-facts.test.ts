import assert from "node:assert/strict";
import { ConfigError } from "../../../../components/support/messages/errors.ts";
import { environment, facts } from "../../../support/fixtures.ts";

/** Paths of everything that is told of facts. */
function told(changes: object): readonly string[] {
  try {
    environment({ facts: { ...facts, ...changes } });
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.issues.map(({ path }) => path);
  }
}

describe("facts that are wrong in part", () => {
  const vault = facts.stores.vault;

  it("are told of with what is wrong in the rest of them", () => {
    assert.deepEqual(told({ created: "yesterday", refreshSeconds: 5, rotations: { "shop/none": "2026-12-01" } }), [
      "created",
      "refreshSeconds",
      'rotations["shop/none"]',
    ]);
  });

  it("are told of once: what follows from a store that was left out is not", () => {
    assert.deepEqual(told({ stores: { vault: { ...vault, address: "x" } } }), ["stores.vault.address"]);
    assert.deepEqual(told({ stores: { vault: { ...vault, kind: "valt-kv" } } }), ["stores.vault.kind"]);
    assert.deepEqual(told({ stores: undefined }), ["stores"]);
  });

  it("are told of once: what follows from a cluster that was left out is not", () => {
    const stores = { vault: { ...vault, auth: { mountPaths: { main: "kubernetes" } } } };
    const main = { ...facts.clusters.main, flavour: "rancher" };
    assert.deepEqual(told({ clusters: { main }, stores }), ["clusters.main.flavour"]);
    const generatedInCluster = { "shop/db": "main" };
    assert.deepEqual(told({ clusters: { main }, generatedInCluster }), ["clusters.main.flavour"]);
  });

  it("are told of a contradiction beside a wrong value of the same entry", () => {
    const shop = { cluster: "main", clusters: { main: {} }, create: "yes" };
    assert.deepEqual(told({ namespaces: { shop } }), ["namespaces.shop.create", "namespaces.shop"]);
  });

  it("are told of a cluster's missing store once, and not for each namespace", () => {
    const names = Array.from({ length: 8 }, (_, index) => [`n${index}`, { cluster: "main" }] as const);
    const main = { ...facts.clusters.main, store: "valt" };
    const namespaces = { ...Object.fromEntries(names), shop: { cluster: "main" } };
    assert.deepEqual(told({ clusters: { main }, namespaces }), ["clusters.main.store"]);
  });

  it("are told of names that no object can have", () => {
    const stores: unknown = JSON.parse(`{"vault":${JSON.stringify(vault)},"__proto__":{"kind":"vault-kv"}}`);
    assert.deepEqual(told({ stores }), ["stores.__proto__"]);
  });
});
