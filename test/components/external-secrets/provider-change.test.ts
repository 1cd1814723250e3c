import assert from "node:assert/strict";
import { Stash, type ResourceHookArgs } from "@pulumi/pulumi";
import {
  memberOf,
  previewable,
  providerChange,
  providerChangeHook,
} from "../../../components/external-secrets/provider-change.ts";
import { startCluster, type FakeCluster } from "../../support/fake-cluster.ts";
import { environment, facts } from "../../support/fixtures.ts";
import { runProgram } from "../../support/mocks.ts";

const vault = { vault: { server: "https://vault.example", auth: { kubernetes: { role: "shop" } } } };
const aws = { aws: { service: "SecretsManager", region: "eu-central-1" } };

describe("the provider of a store that becomes another one", () => {
  /** What is registered for it. */
  const registered = async (before: string | undefined, preview: boolean) => {
    const { resources } = await runProgram(
      () => {
        new Stash("store", { input: previewable(aws, before) });
        return Promise.resolve();
      },
      { preview },
    );
    return resources.find("pulumi:index:Stash", "store").inputs["input"];
  };

  it("is unknown in a preview, and there alone", async () => {
    assert.notDeepEqual(await registered("vault", true), aws);
    assert.deepEqual(await registered("vault", false), aws);
    assert.deepEqual(await registered("aws", true), aws);
    assert.deepEqual(await registered(undefined, true), aws);
  });

  it("is told by its member", () => {
    assert.equal(memberOf({ provider: vault }), "vault");
    for (const none of [undefined, "text", {}, { provider: {} }, { provider: [] }])
      assert.equal(memberOf(none), undefined);
  });

  it("replaces the former one at once", () => {
    assert.deepEqual(providerChange({ provider: vault }, { provider: aws }), { provider: { ...aws, vault: null } });
    assert.deepEqual(providerChange({ provider: { ...vault, ...aws } }, { provider: aws }), {
      provider: { ...aws, vault: null },
    });
  });

  it("replaces the former way to log in to the same one", () => {
    const jwt = { vault: { server: "https://vault.example", auth: { jwt: { path: "jwt" } } } };
    assert.deepEqual(providerChange({ provider: vault }, { provider: jwt }), {
      provider: { vault: { auth: { jwt: { path: "jwt" }, kubernetes: null } } },
    });
  });

  it("is left to apply where only its settings change, and where there is no store", () => {
    const moved = { vault: { ...vault.vault, server: "https://other.example" } };
    assert.equal(providerChange({ provider: vault }, { provider: moved }), undefined);
    assert.equal(providerChange(undefined, { provider: aws }), undefined);
  });
});

describe("the hook that changes the provider of a store", () => {
  const at = "/apis/external-secrets.io/v1/namespaces/shop/secretstores/reader";
  const metadata = { name: "reader", namespace: "shop" };
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = await startCluster({ [at]: { kind: "SecretStore", metadata, spec: { provider: vault } } });
  });
  afterEach(() => cluster.close());

  const run = async (provider: object) => {
    const clusters = { main: { ...facts.clusters.main, kubeconfig: cluster.kubeconfig } };
    const { spec } = environment({ facts: { ...facts, clusters } }).clusters.get("main") ?? assert.fail("no cluster");
    const newInputs = { apiVersion: "external-secrets.io/v1", kind: "SecretStore", metadata, spec: { provider } };
    await runProgram(async () => {
      await providerChangeHook(spec).callback({ newInputs } as unknown as ResourceHookArgs);
    });
    return cluster.requests;
  };

  it("writes once, and nothing where the provider stays", async () => {
    // The cluster refuses every write.
    await assert.rejects(run(aws), /secretstores\/reader\?fieldManager=pulumi-kubernetes is forbidden/);
    assert.deepEqual(cluster.requests, [`GET ${at}`, `PATCH ${at}?fieldManager=pulumi-kubernetes`]);
    assert.deepEqual((await run(vault)).slice(2), [`GET ${at}`]);
  });

  it("has nothing to do for a store that is gone: apply makes it anew", async () => {
    cluster.answers.delete(at);
    cluster.missing.add(at);
    assert.deepEqual(await run(aws), [`GET ${at}`]);
  });
});
