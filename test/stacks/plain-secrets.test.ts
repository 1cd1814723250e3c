import assert from "node:assert/strict";
import { RefusedError, StoreError } from "../../components/support/errors.ts";
import { secretList, startCluster, type FakeCluster } from "../support/fake-cluster.ts";
import { failing, up } from "../support/stack.ts";

const stash = "pulumi:index:Stash";

describe("deploying plain Secrets", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = await startCluster(Object.fromEntries([secretList("shop", "other", "shop-db-2"), secretList("till")]));
  });
  afterEach(() => cluster.close());
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
      "GET /api/v1/namespaces/shop/secrets",
      "GET /api/v1/namespaces/till/secrets",
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
        "  clusters.main: Secret shop/shop-db exists, and the state does not know it: its values would be overwritten",
        "    fix: remove it (kubectl -n shop delete secret shop-db), or overwrite it: pulumi config set --path 'clusters.main.upsertExistingObjects' true",
      ].join("\n"),
    );
    assert.deepEqual(resources.contents, []);
  });

  it("rejects to move a namespace to plain Secrets that its ExternalSecrets own", async () => {
    const { state } = await up();
    const { error } = await failing({ facts: { ...plainFacts(), applications: ["shop"] }, state });
    assert.ok(error instanceof RefusedError);
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  namespaces["shop"].store: Secret shop-db belongs to an ExternalSecret of this stack, which this change would remove, and the Secret or its keys with it',
        "    fix: keep the store; a namespace can't move between a remote store and plain Secrets while an application uses them",
      ].join("\n"),
    );
  });

  it("asks nothing where the state knows every Secret, or where existing ones are to be overwritten", async () => {
    const { state } = await up({ facts: plainFacts() });
    const asked = cluster.requests.length;
    hold("shop", "other", "shop-db");
    await up({ facts: plainFacts(), state });
    await up({ facts: plainFacts({ upsertExistingObjects: true }) });
    assert.equal(cluster.requests.length, asked);
  });

  it("rejects a cluster that does not answer, before the first write", async () => {
    await cluster.close();
    const { error, resources } = await failing({ facts: plainFacts() });
    cluster = await startCluster({});
    assert.ok(error instanceof StoreError);
    assert.match(
      error.message,
      /^clusters\.main: asking which Secrets exist failed: .+\. Nothing was changed\.\n {4}fix: check the kubeconfig and its context, and that you may list Secrets: kubectl auth can-i list secrets -A$/s,
    );
    assert.deepEqual(resources.contents, []);
  });
});
