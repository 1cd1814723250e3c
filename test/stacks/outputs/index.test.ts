import assert from "node:assert/strict";
import { bcryptOf, literal, password, uuid } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { outputsOf, outputsSchema } from "../../../stacks/outputs/index.ts";
import { resourceCount } from "../../../stacks/plan/size.ts";
import { deployStack } from "../../../stacks/index.ts";
import { environment, facts, policy } from "../../support/fixtures.ts";
import { runProgram } from "../../support/mocks.ts";
import { emptyExternal } from "../../support/external-queries.ts";
import { asText } from "../../support/project.ts";

const two: Catalogue = {
  shop: {
    secrets: {
      db: { rotateEveryDays: 90, keys: { username: literal("shop"), password: password() } },
      api: { rotateEveryDays: 30, keys: { id: uuid(), key: password(), hash: bcryptOf("key") } },
      plain: { keys: { user: literal("shop") } },
    },
    deliveries: [
      { namespace: "shop", secretName: "shop-all", from: ["plain", "db", "api"] },
      { namespace: "shop", secretName: "shop-plain", from: ["plain"], merge: true },
    ],
  },
};
const spec = environment({
  catalogue: two,
  facts: { ...facts, rotations: { "shop/db": "2026-03-01" } },
  policy: { ...policy, minimumBits: 100 },
});

describe("outputs of a stack", () => {
  it("name, for each Secret, its keys, its remote objects, its last rotation and its next one", () => {
    assert.deepEqual(outputsOf(spec).namespaces["shop"]?.secrets, {
      "shop-all": {
        keys: ["hash", "id", "key", "password", "user", "username"],
        remoteNames: { vault: ["acme-test/shop/api", "acme-test/shop/db", "acme-test/shop/plain"] },
        rotateBy: "2026-03-02",
        rotatedAt: "2026-03-01T00:00:00Z",
        merged: false,
      },
      "shop-plain": {
        keys: ["user"],
        remoteNames: { vault: ["acme-test/shop/plain"] },
        rotatedAt: "2026-01-31T00:00:00Z",
        merged: true,
      },
    });
  });

  it("name what a namespace reads through: a SecretStore of its own, or the ClusterSecretStore that it shares", () => {
    const sharing = { main: { ...facts.clusters.main, externalSecrets: { version: "2.9.0", clusterSecretStore: {} } } };
    const placesOf = (changes: object) =>
      outputsOf(environment({ facts: { ...facts, ...changes } })).namespaces["shop"];
    assert.deepEqual(placesOf({})?.clusters, { main: { store: "vault", secretStore: "secrets-reader" } });
    assert.deepEqual(placesOf({ clusters: sharing })?.clusters, {
      main: { store: "vault", clusterSecretStore: "acme-test-vault" },
    });
  });

  it("fit their schema, which takes nothing else", () => {
    const outputs = outputsOf(spec);
    assert.deepEqual(outputsSchema.parse(outputs), outputs);
    assert.equal(outputsSchema.safeParse({ ...outputs, password: "x" }).success, false);
    assert.equal(outputsSchema.safeParse({ ...outputs, schemaVersion: 1 }).success, false);
  });

  it("show no operator and no SecretStore where Secrets are plain", () => {
    const plain = environment({ facts: { ...facts, stores: { vault: { kind: "kubernetes" } } } });
    assert.equal(plain.clusters.get("main")?.needsOperator, false);
    assert.deepEqual(outputsOf(plain).clusters, { main: { flavour: "kubeconfig" } });
    assert.deepEqual(outputsOf(plain).namespaces["shop"]?.clusters, { main: { store: "vault" } });
  });

  it("show no operator in a cluster without namespaces", () => {
    const clusters = { ...facts.clusters, spare: { ...facts.clusters.main, context: "spare" } };
    const { clusters: shown } = outputsOf(environment({ facts: { ...facts, clusters } }));
    assert.deepEqual([shown["main"]?.operator?.version, shown["spare"]], ["2.9.0", { flavour: "kubeconfig" }]);
  });
});

describe("size of a stack", () => {
  it("is estimated within a few resources of what is registered", async () => {
    const policies = { test: { ...policy, minimumBits: 100 } };
    const plain = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, asText(value)]));
    const { resources } = await runProgram(
      () => deployStack({ catalogue: two, policies, external: emptyExternal(facts) }),
      {
        stack: "test",
        config: { plain },
      },
    );
    const [estimate, actual] = [resourceCount(spec), resources.all.length];
    assert.ok(estimate >= actual && estimate - actual <= 8, `estimated ${estimate}, registered ${actual}`);
  });
});
