import assert from "node:assert/strict";
import type { ResourceHookArgs } from "@pulumi/pulumi";
import type { DeliverySpec } from "../../../components/delivery/contract.ts";
import { takeOverHook } from "../../../components/delivery/take-over-hook.ts";
import type { FormerVia } from "../../../components/delivery/take-over.ts";
import { startCluster, type FakeCluster } from "../../support/fake-cluster.ts";
import { environment, facts } from "../../support/fixtures.ts";
import { failureOf, runProgram } from "../../support/mocks.ts";

const secret = "/api/v1/namespaces/shop/secrets/shop-db";
const externalSecret = "/apis/external-secrets.io/v1/namespaces/shop/externalsecrets/shop-db";
const value = "d2hhdC1ub2JvZHktbWF5LXNlZQ==";
const delivery: DeliverySpec = {
  via: "plain",
  namespace: "shop",
  secretName: "shop-db",
  keys: [{ key: "password", secret: "shop/db", from: "password" }],
  merge: false,
};

describe("the hook that takes a Secret over", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = await startCluster({
      [secret]: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "shop-db", namespace: "shop", resourceVersion: "7" },
        data: { password: value },
      },
    });
  });
  afterEach(() => cluster.close());

  const run = (from: readonly FormerVia[]) => async () => {
    const clusters = { main: { ...facts.clusters.main, kubeconfig: cluster.kubeconfig } };
    const { spec } = environment({ facts: { ...facts, clusters } }).clusters.get("main") ?? assert.fail("no cluster");
    const clock = { now: () => 0, sleep: () => Promise.reject(new Error("nothing to wait for")) };
    const hook = takeOverHook(spec, { resource: "main/shop/shop-db", delivery, from }, clock);
    assert.equal(hook.name, "take-over-main/shop/shop-db");
    await hook.callback({} as ResourceHookArgs);
  };

  it("has nothing to do for a Secret that is not there, nor for an ExternalSecret that is gone", async () => {
    for (const path of [secret, `${externalSecret}?fieldManager=pulumi-kubernetes`]) cluster.missing.add(path);
    cluster.answers.delete(secret);
    await runProgram(run(["external-secret"]));
    assert.deepEqual(
      cluster.requests.map((each) => each.replace(/\?.*/, "")),
      [`PATCH ${externalSecret}`, `GET ${secret}`],
    );
  });

  it("says which Secret could not be taken over, and what to check, and no value", async () => {
    const message = await failureOf(run(["plain"]));
    assert.equal(
      message,
      `Secret shop/shop-db of cluster main could not be taken over: ${secret}?fieldManager=pulumi-kubernetes is forbidden\n` +
        "  fix: check that you may: kubectl auth can-i patch secret/shop-db -n shop; then run `pulumi up` again",
    );
    assert.ok(!message.includes(value));
  });

  it("says so of the ExternalSecret too, and leaves the Secret alone where that does not let go", async () => {
    const message = await failureOf(run(["external-secret"]));
    assert.match(
      message,
      /fix: check that you may: kubectl auth can-i patch secret\/shop-db -n shop; kubectl auth can-i patch externalsecret\/shop-db -n shop; then/,
    );
    assert.deepEqual(
      cluster.requests.map((each) => each.replace(/\?.*/, "")),
      [`PATCH ${externalSecret}`],
    );
  });
});
