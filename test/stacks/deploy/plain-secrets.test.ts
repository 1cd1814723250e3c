import assert from "node:assert/strict";
import { RefusedError, StoreError } from "../../../components/support/messages/errors.ts";
import { clusterSurvey } from "../../../components/clusters/survey.ts";
import { secretList, startCluster, type FakeCluster } from "../../support/fake-cluster.ts";
import { failing as failingIn, up as upIn, type Changes } from "../../support/stack.ts";

const stash = "pulumi:index:Stash";

describe("deploying plain Secrets", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = await startCluster(Object.fromEntries([secretList("shop", "other", "shop-db-2"), secretList("till")]));
  });
  afterEach(() => cluster.close());
  // The cluster itself is asked, by its API.
  const up = (changes: Changes = {}) => upIn({ clusters: clusterSurvey, ...changes });
  const failing = (changes: Changes = {}) => failingIn({ clusters: clusterSurvey, ...changes });
  const hold = (...list: Parameters<typeof secretList>) => cluster.answers.set(...secretList(...list));
  const plainFacts = (changes: object = {}) => ({
    stores: { vault: { kind: "kubernetes" } },
    clusters: {
      main: {
        flavour: "kubeconfig",
        kubeconfig: cluster.kubeconfig,
        externalSecrets: { version: "2.9.0" },
        ...changes,
      },
    },
  });

  it("makes Secrets, and neither store nor operator", async () => {
    const { resources, result } = await up({ facts: plainFacts() });
    assert.deepEqual(
      resources.contents.filter((each) => !each.startsWith("secrets:") && !each.startsWith(stash)),
      [
        "kubernetes:core/v1:Secret main/shop/shop-db",
        "kubernetes:core/v1:Secret main/till/till-api",
        "kubernetes:core/v1:Secret main/till/till-db",
        "pulumi:providers:kubernetes main",
      ],
    );
    assert.deepEqual(result.namespaces["shop"], {
      clusters: { main: { store: "vault" } },
      secrets: {
        "shop-db": {
          keys: ["password", "username"],
          remoteNames: {},
          rotateBy: "2026-05-01",
          rotatedAt: "2026-01-31T00:00:00Z",
          merged: false,
        },
      },
    });
    assert.deepEqual(result.clusters, { main: { flavour: "kubeconfig" } });
    assert.deepEqual([...cluster.requests].sort(), [
      "GET /api/v1/namespaces/shop/secrets?limit=500",
      "GET /api/v1/namespaces/till/secrets?limit=500",
    ]);
  });

  it("rejects a Secret that exists and that the state does not know, before the first write", async () => {
    hold("shop", "other", "shop-db");
    const { error, resources } = await failing({ facts: plainFacts() });
    assert.ok(error instanceof RefusedError);
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  existingSecrets["shop/shop-db"]: Secret shop/shop-db of cluster main exists and is not managed by this stack: its values would be overwritten',
        "    fix: to adopt it (generated keys keep their existing values, its other keys stay): pulumi config set --path 'existingSecrets[\"shop/shop-db\"]' adopt",
        "    or overwrite the keys of the same names and keep its others: pulumi config set --path 'existingSecrets[\"shop/shop-db\"]' merge",
        "    or replace the whole Secret: pulumi config set --path 'existingSecrets[\"shop/shop-db\"]' overwrite",
        "    or give the delivery of shop-db another secretName in the catalogue",
      ].join("\n"),
    );
    assert.deepEqual(resources.contents, []);
  });

  it("rejects to merge what an ExternalSecret owns so far, which would go with it", async () => {
    const { state } = await upIn();
    const existingSecrets = { "shop/shop-db": "merge" };
    const { error } = await failing({ facts: { ...plainFacts(), existingSecrets, applications: ["shop"] }, state });
    assert.ok(error instanceof RefusedError);
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        "  namespaces.shop.secrets.shop-db.via: Secret shop-db belongs to an ExternalSecret of this stack, which this change would delete together with the Secret",
        "    fix: pulumi config set --path 'namespaces.shop.secrets.shop-db.via' external-secret",
        "    or move applications to a second delivery of another secretName first: docs/deliveries/changing.md#through-a-second-secret",
      ].join("\n"),
    );
  });

  it("takes the Secrets of a namespace over from its ExternalSecrets where its store becomes one of kind kubernetes, and gives them back", async () => {
    const { state } = await upIn({ facts: { applications: ["shop"] }, secret: {} });
    const there = await up({ facts: { ...plainFacts(), applications: ["shop"] }, state, secret: {} });
    const name = "main/shop/shop-db";
    const { options } = there.resources.find("kubernetes:core/v1:Secret", name);
    assert.deepEqual(options.hooks, { beforeCreate: [`take-over-${name}`] });
    assert.deepEqual(cluster.requests, []);
    const back = await upIn({ facts: { applications: ["shop"] }, state: there.state, secret: {} });
    assert.deepEqual(back.resources.names("kubernetes:core/v1:Secret"), [`${name}/kept`]);
  });

  it("asks nothing where the state knows every Secret", async () => {
    const { state } = await up({ facts: plainFacts() });
    const asked = cluster.requests.length;
    hold("shop", "other", "shop-db");
    await up({ facts: plainFacts(), state });
    assert.equal(cluster.requests.length, asked);
  });

  it("rejects a Secret that exists even where objects may be taken over: its values are another matter", async () => {
    hold("shop", "shop-db");
    const { error } = await failing({ facts: plainFacts({ upsertExistingObjects: true }) });
    assert.match(error.message, /Secret shop\/shop-db of cluster main exists and is not managed by this stack/);
  });

  it("overwrites a Secret on purpose where the cluster allows it too, and nowhere else", async () => {
    hold("shop", "shop-db");
    const existingSecrets = { "shop/shop-db": "overwrite" };
    const { error } = await failing({ facts: { ...plainFacts(), existingSecrets } });
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  existingSecrets["shop/shop-db"]: to overwrite a plain Secret, clusters.main.upsertExistingObjects must be true',
        "    fix: pulumi config set --path 'clusters.main.upsertExistingObjects' true",
      ].join("\n"),
    );
    const { resources } = await up({ facts: { ...plainFacts({ upsertExistingObjects: true }), existingSecrets } });
    assert.ok(resources.names("kubernetes:core/v1:Secret").includes("main/shop/shop-db"));
  });

  it("rejects a cluster that does not answer, before the first write", async () => {
    cluster.drop();
    const { error, resources } = await failing({ facts: plainFacts() });
    assert.ok(error instanceof StoreError);
    assert.match(
      error.message,
      /^clusters\.main: asking which secrets in shop, till exist failed: .+\. Nothing was changed\.\n {4}fix: check the kubeconfig and its context, and that you may list: kubectl auth can-i list secrets -n shop\n {4}or continue without checking, and overwrite any object with the name of a new one: pulumi config set --path 'clusters\.main\.assumeNothingExists' true$/s,
    );
    assert.deepEqual(resources.contents, []);
  });
});
