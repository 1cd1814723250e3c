import assert from "node:assert/strict";
import { takeFields, takeOverPatch, withoutAppliers } from "../../../components/clusters/former-fields.ts";
import { startCluster, type FakeCluster } from "../../support/fake-cluster.ts";
import { environment, facts } from "../../support/fixtures.ts";

const operator = { manager: "external-secrets", operation: "Update", subresource: "status" };
const applied = { manager: "pulumi-kubernetes-7e99486c", operation: "Apply", fieldsV1: { "f:spec": {} } };

describe("who has written an object that is taken over", () => {
  it("is the creation, instead of a resource that no state has any more", () => {
    assert.deepEqual(withoutAppliers([operator, applied]), [
      operator,
      { manager: "pulumi-kubernetes", operation: "Update", fieldsV1: { "f:spec": {} } },
    ]);
  });

  it("stays who it is otherwise", () => {
    const others = [
      operator,
      { manager: "pulumi-kubernetes-7e99486c", operation: "Update" },
      { manager: "argocd-controller", operation: "Apply" },
      { manager: "multicloud-secrets/0123456789", operation: "Apply" },
    ];
    assert.equal(withoutAppliers(others), undefined);
    assert.equal(withoutAppliers([]), undefined);
  });
});

describe("what is changed of an object that is taken over", () => {
  const resourceVersion = "7";
  const annotations = { "multicloud-secrets/stack": "acme/dev", "multicloud-secrets/handed-over": "true" };

  it("is the mark of one that was handed over, which nobody would take away later", () => {
    assert.deepEqual(takeOverPatch({ resourceVersion, managedFields: [operator], annotations }), {
      resourceVersion,
      annotations: { "multicloud-secrets/handed-over": null },
    });
    assert.deepEqual(takeOverPatch({ resourceVersion, managedFields: [applied], annotations }), {
      resourceVersion,
      managedFields: [{ ...applied, manager: "pulumi-kubernetes", operation: "Update" }],
      annotations: { "multicloud-secrets/handed-over": null },
    });
  });

  it("is nothing otherwise", () => {
    const own = { "multicloud-secrets/stack": "acme/dev" };
    assert.equal(takeOverPatch({ resourceVersion, managedFields: [operator], annotations: own }), undefined);
    assert.equal(takeOverPatch({}), undefined);
  });
});

describe("taking the fields of objects that exist", () => {
  const at = "/apis/external-secrets.io/v1/namespaces/shop/secretstores/reader";
  const reader = { kind: "SecretStore", namespace: "shop", name: "reader" } as const;
  let cluster: FakeCluster;
  const answer = (managedFields: readonly object[]) =>
    cluster.answers.set(at, { metadata: { name: "reader", resourceVersion: "7", managedFields } });
  beforeEach(async () => {
    cluster = await startCluster({});
  });
  afterEach(() => cluster.close());

  const run = async (...objects: Parameters<typeof takeFields>[1]) => {
    const clusters = { main: { ...facts.clusters.main, kubeconfig: cluster.kubeconfig } };
    const { spec } = environment({ facts: { ...facts, clusters } }).clusters.get("main") ?? assert.fail("no cluster");
    await takeFields(spec, objects);
  };

  it("asks for each, and writes nothing where there is nothing to take, or no object", async () => {
    answer([operator]);
    const gone = "/api/v1/namespaces/shop/serviceaccounts/reader";
    cluster.missing.add(gone);
    await run(reader, { kind: "ServiceAccount", namespace: "shop", name: "reader" });
    assert.deepEqual([...cluster.requests].sort(), [`GET ${gone}`, `GET ${at}`]);
    await run();
    assert.equal(cluster.requests.length, 2);
  });

  it("says which could not be taken over, and what to check", async () => {
    answer([applied]);
    await assert.rejects(run(reader), {
      message:
        `clusters.main: taking over SecretStore shop/reader failed: ${at}?fieldManager=pulumi-kubernetes is forbidden.\n` +
        "    fix: check that you may: kubectl auth can-i patch secretstores/reader -n shop",
    });
    assert.deepEqual(cluster.requests, [`GET ${at}`, `PATCH ${at}?fieldManager=pulumi-kubernetes`]);
  });
});
