import assert from "node:assert/strict";
import { kubernetesReader } from "../../../operations/doctor/kubernetes.ts";
import { startCluster, type FakeCluster } from "../../support/fake-cluster.ts";

const canary = "c4nary-Vq8Zt2";

const secret = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name: "shop-db",
    namespace: "shop",
    creationTimestamp: "2026-01-01T00:00:00Z",
    annotations: { "kubectl.kubernetes.io/last-applied-configuration": canary, owner: "shop" },
    managedFields: [
      { manager: "one", time: "2026-02-01T00:00:00Z" },
      { manager: "other", time: "2026-03-01T00:00:00Z" },
    ],
  },
  type: "Opaque",
  immutable: true,
  data: { password: Buffer.from(canary).toString("base64"), user: "" },
};

describe("what the doctor asks a cluster", () => {
  let cluster: FakeCluster;
  before(async () => {
    cluster = await startCluster({
      "/version": { gitVersion: "v1.37.0" },
      "/apis": {
        kind: "APIGroupList",
        groups: [{ name: "external-secrets.io", versions: [{ version: "v1" }, { version: "v1beta1" }] }],
      },
      "/.well-known/openid-configuration": { issuer: "https://issuer.example/" },
      "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles/reader": {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "reader", namespace: "shop", creationTimestamp: "2026-01-01T00:00:00Z" },
        rules: null,
      },
      "/api/v1/namespaces/shop/secrets/shop-db": secret,
      "/api/v1/namespaces/shop/pods?limit=500": {
        kind: "PodList",
        apiVersion: "v1",
        metadata: { continue: "more" },
        items: [{ metadata: { name: "one", namespace: "shop" } }],
      },
      "/api/v1/namespaces/shop/pods?continue=more&limit=500": {
        kind: "PodList",
        apiVersion: "v1",
        metadata: {},
        items: [{ metadata: { name: "two", namespace: "shop" } }],
      },
      "/apis/external-secrets.io/v1/namespaces/shop/externalsecrets/shop-db": {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: { name: "shop-db", namespace: "shop" },
        status: { refreshTime: "2026-03-01T00:00:00Z" },
      },
    });
    cluster.missing.add("/api/v1/namespaces/shop/secrets/gone");
  });
  after(() => cluster.close());

  it("is its version and what it serves", async () => {
    const reader = kubernetesReader(cluster);
    assert.deepEqual(await reader.version(), { value: "v1.37.0" });
    assert.deepEqual(await reader.servedVersions("external-secrets.io"), { value: ["v1", "v1beta1"] });
    assert.deepEqual(await reader.servedVersions("example.com"), { value: [] });
  });

  it("is the issuer of its tokens", async () => {
    assert.deepEqual(await kubernetesReader(cluster).issuer(), { value: "https://issuer.example/" });
  });

  it("hands on no value of a Secret", async () => {
    const answer = await kubernetesReader(cluster).get("Secret", { namespace: "shop", name: "shop-db" });
    assert.ok("value" in answer && answer.value !== undefined);
    const { metadata, ...rest } = answer.value;
    assert.deepEqual(rest, {
      type: "Opaque",
      immutable: true,
      keys: ["password", "user"],
      emptyKeys: ["user"],
      writtenAt: new Date("2026-03-01T00:00:00Z"),
    });
    assert.deepEqual(metadata?.annotations, { owner: "shop" });
    const text = JSON.stringify(answer);
    assert.ok(!text.includes(canary) && !text.includes(Buffer.from(canary).toString("base64")));
  });

  it("tells what is not there from what may not be read, in the API's own words", async () => {
    const reader = kubernetesReader(cluster);
    assert.deepEqual(await reader.get("Secret", { namespace: "shop", name: "gone" }), { value: undefined });
    assert.deepEqual(await reader.get("Secret", { namespace: "shop", name: "other" }), {
      refused: "/api/v1/namespaces/shop/secrets/other is forbidden",
    });
  });

  it("reads lists to their end, and once", async () => {
    const reader = kubernetesReader(cluster);
    const before = cluster.requests.length;
    const [one, other] = await Promise.all([reader.list("Pod", "shop"), reader.list("Pod", "shop")]);
    assert.ok("value" in one);
    assert.deepEqual(
      one.value.map(({ metadata }) => metadata?.name),
      ["one", "two"],
    );
    assert.equal(other, one);
    const asked = cluster.requests.slice(before).filter((each) => each.includes("/pods"));
    assert.equal(asked.length, 2);
  });

  it("is the operator's objects as well", async () => {
    const answer = await kubernetesReader(cluster).get("ExternalSecret", { namespace: "shop", name: "shop-db" });
    assert.ok("value" in answer);
    assert.equal(answer.value?.status?.refreshTime, "2026-03-01T00:00:00Z");
  });

  it("has no null in it, as which the API writes a list that is empty", async () => {
    const answer = await kubernetesReader(cluster).get("Role", { namespace: "shop", name: "reader" });
    assert.ok("value" in answer && answer.value !== undefined);
    assert.equal("rules" in answer.value, false);
    assert.equal(answer.value.metadata?.creationTimestamp, "2026-01-01T00:00:00Z");
  });

  it("has no answer of a cluster that hangs up, or that no kubeconfig leads to", async () => {
    const dropped = await startCluster({});
    dropped.drop();
    const answer = await kubernetesReader(dropped).version();
    assert.ok("refused" in answer && answer.refused !== "" && !answer.refused.includes("fetch failed"));
    await dropped.close();
    const nowhere = await kubernetesReader({ kubeconfig: "/nowhere/config" }).version();
    assert.deepEqual(nowhere, { refused: "ENOENT: no such file or directory, open '/nowhere/config'" });
  });

  it("is given up where nothing answers, so that the process can end", async () => {
    const silent = await startCluster({});
    const gaveUp = silent.silence();
    assert.deepEqual(await kubernetesReader(silent, 100).version(), { refused: "no answer within 0.1 s" });
    await gaveUp;
    await silent.close();
  });

  it("is never more than a question", () => {
    assert.deepEqual(
      cluster.requests.filter((each) => !each.startsWith("GET ")),
      [],
    );
  });
});
