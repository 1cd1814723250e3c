import assert from "node:assert/strict";
import type { ErrorHookArgs, ResourceHookArgs } from "@pulumi/pulumi";
import { openCluster } from "../../../components/clusters/index.ts";
import { readinessHooks, readyTimeouts } from "../../../components/external-secrets/readiness.ts";
import { startCluster, type FakeCluster } from "../../support/fake-cluster.ts";
import { environment, facts } from "../../support/fixtures.ts";
import { runProgram } from "../../support/mocks.ts";

const api = "/apis/external-secrets.io/v1";
const place = `${api}/namespaces/shop/externalsecrets/shop-db`;
const newInputs = { kind: "ExternalSecret", metadata: { name: "shop-db", namespace: "shop" } };
const external = (status: string, syncedResourceVersion: string, message = "could not be read: permission denied") => ({
  apiVersion: "external-secrets.io/v1",
  kind: "ExternalSecret",
  metadata: newInputs.metadata,
  status: { syncedResourceVersion, conditions: [{ type: "Ready", status, reason: "SecretSyncedError", message }] },
});

describe("patience with what is new", () => {
  it("is as long as a cloud takes until new rights count, and short with what was there before", () => {
    const wait = (create: string) => ({ create, update: "45s", delete: "60s" });
    assert.deepEqual(readyTimeouts("vault-kv"), wait("45s"));
    assert.deepEqual(readyTimeouts("aws-parameter-store"), wait("90s"));
    assert.deepEqual(readyTimeouts("aws-secrets-manager"), wait("90s"));
    assert.deepEqual(readyTimeouts("azure-key-vault"), wait("12m"));
    assert.deepEqual(readyTimeouts("gcp-secret-manager"), wait("8m"));
  });
});

describe("hooks that watch over readiness", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = await startCluster({
      [api]: {
        kind: "APIResourceList",
        groupVersion: "external-secrets.io/v1",
        resources: [{ name: "externalsecrets", kind: "ExternalSecret", namespaced: true, verbs: ["get"] }],
      },
      "/api/v1/namespaces/shop/events?fieldSelector=involvedObject.kind=ExternalSecret,involvedObject.name=shop-db": {
        kind: "EventList",
        apiVersion: "v1",
        metadata: {},
        items: [{ type: "Warning", message: "could not read", involvedObject: {}, metadata: {} }],
      },
    });
  });
  afterEach(() => cluster.close());

  const hooks = () => {
    const clusters = { main: { ...facts.clusters.main, kubeconfig: cluster.kubeconfig } };
    const spec = environment({ facts: { ...facts, clusters } }).clusters.get("main") ?? assert.fail("no cluster");
    return readinessHooks(openCluster(spec, {}), { webhookPause: 1 });
  };
  /** What is logged when the engine calls the error hook. */
  const explain = async (errors: readonly string[], inputs: object = newInputs) => {
    const args = { newInputs: inputs, errors, failedOperation: "create" } as unknown as ErrorHookArgs;
    const { result, logs } = await runProgram(async () => hooks().explain.callback(args));
    assert.equal(result, false, "a retry was asked for");
    return logs;
  };
  const awaitSync = (before: string | undefined) => {
    const oldOutputs = before === undefined ? undefined : { status: { syncedResourceVersion: before } };
    return runProgram(() => hooks().awaitSync.callback({ newInputs, oldOutputs } as unknown as ResourceHookArgs));
  };

  it("are registered once a cluster, under its name", async () => {
    const run = await runProgram(hooks);
    assert.deepEqual([...run.hooks].sort(), ["await-sync-main", "explain-not-ready-main"]);
  });

  it("log why an object is not Ready, with its events and the fix", async () => {
    cluster.answers.set(place, external("False", "1-a"));
    assert.deepEqual(await explain(["timed out"]), [
      {
        severity: "error",
        message:
          "ExternalSecret shop/shop-db is not Ready: SecretSyncedError: could not be read: permission denied\n" +
          "  event: could not read\n" +
          "  fix: the reader's policy does not name this path: run `pulumi up --refresh`, which puts the policy back",
      },
    ]);
  });

  it("ask for an object of another version as what it is", async () => {
    const pushes = "/apis/external-secrets.io/v1alpha1";
    cluster.answers.set(pushes, {
      kind: "APIResourceList",
      groupVersion: "external-secrets.io/v1alpha1",
      resources: [{ name: "pushsecrets", kind: "PushSecret", namespaced: true, verbs: ["get"] }],
    });
    const push = { apiVersion: "external-secrets.io/v1alpha1", kind: "PushSecret", metadata: newInputs.metadata };
    const conditions = [{ type: "Ready", status: "False", reason: "Errored", message: "permission denied" }];
    cluster.answers.set(`${pushes}/namespaces/shop/pushsecrets/shop-db`, { ...push, status: { conditions } });
    cluster.answers.set(
      "/api/v1/namespaces/shop/events?fieldSelector=involvedObject.kind=PushSecret,involvedObject.name=shop-db",
      { kind: "EventList", apiVersion: "v1", metadata: {}, items: [] },
    );
    const [line] = await explain(["timed out"], push);
    assert.match(line?.message ?? "", /^PushSecret shop\/shop-db is not Ready: Errored: permission denied\n/);
  });

  it("say nothing of an object that is Ready after all: its failure was another", async () => {
    cluster.answers.set(place, external("True", "1-a"));
    assert.deepEqual(await explain(["timed out"]), []);
  });

  it("say how to take over an object that exists already, without asking the cluster", async () => {
    assert.deepEqual(await explain(['externalsecrets "shop-db" already exists']), [
      {
        severity: "error",
        message:
          "ExternalSecret shop/shop-db exists, and the state does not know it.\n" +
          "  fix: after a lost state, take over what is there: pulumi config set --path 'clusters.main.upsertExistingObjects' true",
      },
    ]);
    assert.deepEqual(cluster.requests, []);
  });

  it("warn where the reason can't be read, and let the provider's own error stand", async () => {
    const [line, ...others] = await explain(["timed out"]);
    assert.deepEqual([line?.severity, others], ["warning", []]);
    assert.match(line?.message ?? "", /^The reason could not be read from the cluster: .*403/s);
  });

  it("try again while the webhook of a fresh operator starts, without a word, and give up in the end", async () => {
    const starting =
      'Internal error occurred: failed calling webhook "validate.secretstore.external-secrets.io": no endpoints available for service "external-secrets-webhook"';
    const retried = async (errors: readonly string[]) => {
      const args = { newInputs, errors, failedOperation: "create" } as unknown as ErrorHookArgs;
      const { result, logs } = await runProgram(async () => hooks().explain.callback(args));
      return { result, logged: logs.length };
    };
    assert.deepEqual(await retried([starting]), { result: true, logged: 0 });
    assert.deepEqual(await retried(Array.from({ length: 12 }, () => starting)), { result: true, logged: 0 });
    assert.deepEqual(await retried(Array.from({ length: 13 }, () => starting)), { result: false, logged: 1 });
    const refused = 'admission webhook "validate.secretstore.external-secrets.io" denied the request: wrong';
    assert.equal((await retried([refused])).result, false);
  });

  it("go on as soon as an update was synced", async () => {
    cluster.answers.set(place, external("True", "2-b"));
    await awaitSync("1-a");
    await awaitSync(undefined);
  });

  it("wait while the object is Ready from before the update", async () => {
    cluster.answers.set(place, external("True", "1-a"));
    const waiting = awaitSync("1-a").then(() => "done");
    const soon = new Promise((resolve) => setTimeout(() => resolve("waiting"), 150));
    assert.equal(await Promise.race([waiting, soon]), "waiting");
    cluster.answers.set(place, external("True", "2-b"));
    assert.equal(await waiting, "done");
  });

  it("wait while a failure may be of before the update, which mends it", async () => {
    cluster.answers.set(place, external("False", "1-a"));
    const waiting = awaitSync("1-a").then(() => "done");
    const soon = new Promise((resolve) => setTimeout(() => resolve("waiting"), 150));
    assert.equal(await Promise.race([waiting, soon]), "waiting");
    cluster.answers.set(place, external("True", "2-b"));
    assert.equal(await waiting, "done");
  });
});
