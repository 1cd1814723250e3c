import assert from "node:assert/strict";
import type { ErrorHookArgs, ResourceHookArgs } from "@pulumi/pulumi";
import { openCluster } from "../../../../components/clusters/open.ts";
import { readinessHooks, readyTimeouts } from "../../../../components/external-secrets/readiness/hooks.ts";
import type { Clock } from "../../../../components/support/clock.ts";
import { syncPatience } from "../../../../components/external-secrets/readiness/timeouts.ts";
import type { RemoteStoreKind } from "../../../../components/backends/index.ts";
import { startCluster, type FakeCluster } from "../../../support/fake-cluster.ts";
import { environment, facts } from "../../../support/fixtures.ts";
import { runProgram } from "../../../support/mocks.ts";

const api = "/apis/external-secrets.io/v1";
const place = `${api}/namespaces/shop/externalsecrets/shop-db`;
const newInputs = { kind: "ExternalSecret", metadata: { name: "shop-db", namespace: "shop" } };
let asked = 0;
const external = (status: string, syncedResourceVersion: string, message = "could not be read: permission denied") => ({
  apiVersion: "external-secrets.io/v1",
  kind: "ExternalSecret",
  // What is asked for moves with each update, as a changed value does.
  metadata: { ...newInputs.metadata, generation: 1, annotations: { "force-sync": `${++asked}` } },
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

describe("patience with what is read through an object that exists", () => {
  const spec = (read: object) => ({
    refreshInterval: "1h0m0s",
    secretStoreRef: { kind: "SecretStore", name: "secrets-reader" },
    target: { name: "shop-db" },
    ...read,
  });
  const data = [{ secretKey: "password", remoteRef: { key: "shop/db" } }];

  it("is short where the same is read, with another interval or target too", () => {
    const others = { refreshInterval: "2h0m0s", target: { name: "shop-db", creationPolicy: "Orphan" } };
    for (const old of [undefined, spec({ data }), spec({ data, ...others })]) {
      const now = old === undefined ? undefined : spec({ data });
      assert.deepEqual(syncPatience("azure-key-vault", old, now), { grace: 5, timeout: 30 });
    }
  });

  it("has the time that new rights take on top, where something else is read or through another store", () => {
    const old = spec({ data });
    const patience = (kind: RemoteStoreKind, read: object) => syncPatience(kind, old, spec(read));
    const more = { data: [...data, { secretKey: "token", remoteRef: { key: "shop/api" } }] };
    assert.deepEqual(patience("vault-kv", more), { grace: 5, timeout: 30 });
    assert.deepEqual(patience("aws-parameter-store", more), { grace: 50, timeout: 75 });
    assert.deepEqual(patience("aws-secrets-manager", more), { grace: 50, timeout: 75 });
    assert.deepEqual(patience("azure-key-vault", more), { grace: 680, timeout: 705 });
    assert.deepEqual(patience("gcp-secret-manager", more), { grace: 440, timeout: 465 });
    const shared = { data, secretStoreRef: { kind: "ClusterSecretStore", name: "acme-dev-vault" } };
    assert.deepEqual(patience("aws-parameter-store", shared), { grace: 50, timeout: 75 });
    assert.deepEqual(patience("aws-parameter-store", { dataFrom: [{ extract: { key: "shop/db" } }] }), {
      grace: 50,
      timeout: 75,
    });
  });
});

describe("hooks that watch over readiness", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = await startCluster({
      "/api/v1/namespaces/shop/events?fieldSelector=involvedObject.kind=ExternalSecret,involvedObject.name=shop-db&limit=500":
        {
          kind: "EventList",
          apiVersion: "v1",
          metadata: {},
          items: [{ type: "Warning", message: "could not read", involvedObject: {}, metadata: {} }],
        },
    });
  });
  afterEach(() => cluster.close());

  /** The hooks of one run. */
  const hooks = (clock?: Clock) => {
    const clusters = { main: { ...facts.clusters.main, kubeconfig: cluster.kubeconfig } };
    const spec = environment({ facts: { ...facts, clusters } }).clusters.get("main")?.spec ?? assert.fail("no cluster");
    return readinessHooks(openCluster(spec, "acme/test", {}), clock === undefined ? {} : { clock });
  };
  /** What is logged when the engine calls the error hook. */
  const explain = async (errors: readonly string[], inputs: object = newInputs) => {
    const args = { newInputs: inputs, errors, failedOperation: "create" } as unknown as ErrorHookArgs;
    const { result, logs } = await runProgram(async () => hooks().explain.callback(args));
    assert.equal(result, false, "a retry was asked for");
    return logs;
  };
  /** What the engine calls around an update that `write` does; `oldOutputs` are what the state has, which lags behind. */
  const update = (
    write: () => void,
    { clock, kind = "vault-kv", oldInputs = newInputs, inputs = newInputs }: UpdateOptions = {},
  ) =>
    runProgram(async () => {
      const { beforeUpdate, afterUpdate } = hooks(clock).awaitSync(kind);
      const oldOutputs = { status: { syncedResourceVersion: "0-of-the-state" } };
      const args = { newInputs: inputs, oldInputs, oldOutputs } as unknown as ResourceHookArgs;
      await beforeUpdate[0].callback(args);
      write();
      await afterUpdate[0].callback(args);
    });
  const put = (...args: Parameters<typeof external>) => cluster.answers.set(place, external(...args));

  it("are registered once a cluster, under its name, and for each kind of store that is read there", async () => {
    const { hooks: registered } = await runProgram(() => {
      const made = hooks();
      for (const kind of ["vault-kv", "azure-key-vault", "vault-kv"] as const) made.awaitSync(kind);
    });
    assert.deepEqual([...registered].sort(), [
      "await-sync-main-azure-key-vault",
      "await-sync-main-vault-kv",
      "before-sync-main",
      "change-provider-main",
      "explain-not-ready-main",
      "explain-refusal-main",
      "report-unmerged-main",
    ]);
  });

  it("log why an object is not Ready, with its events and the fix", async () => {
    cluster.answers.set(place, external("False", "1-a"));
    assert.deepEqual(await explain(["timed out"]), [
      {
        severity: "error",
        message:
          "ExternalSecret shop/shop-db is not Ready: SecretSyncedError: could not be read: permission denied\n" +
          "  event: could not read\n" +
          "  fix: the policy of its Vault role does not name this path: run `pulumi up --refresh`, which restores the policy",
      },
    ]);
  });

  it("ask for an object of another version as what it is", async () => {
    const pushes = "/apis/external-secrets.io/v1alpha1";
    const push = { apiVersion: "external-secrets.io/v1alpha1", kind: "PushSecret", metadata: newInputs.metadata };
    const conditions = [{ type: "Ready", status: "False", reason: "Errored", message: "permission denied" }];
    cluster.answers.set(`${pushes}/namespaces/shop/pushsecrets/shop-db`, { ...push, status: { conditions } });
    cluster.answers.set(
      "/api/v1/namespaces/shop/events?fieldSelector=involvedObject.kind=PushSecret,involvedObject.name=shop-db&limit=500",
      { kind: "EventList", apiVersion: "v1", metadata: {}, items: [] },
    );
    const [line] = await explain(["timed out"], push);
    assert.match(line?.message ?? "", /^PushSecret shop\/shop-db is not Ready: Errored: permission denied\n/);
  });

  it("say nothing of an object that is Ready after all: its failure was another", async () => {
    cluster.answers.set(place, external("True", "1-a"));
    assert.deepEqual(await explain(["timed out"]), []);
  });

  it("say nothing of a SecretStore that is Ready after all, which never tells what it has synced", async () => {
    const store = { kind: "SecretStore", metadata: { name: "secrets-reader", namespace: "shop" } };
    const conditions = [{ type: "Ready", status: "True" }];
    cluster.answers.set(`${api}/namespaces/shop/secretstores/secrets-reader`, { ...store, status: { conditions } });
    assert.deepEqual(await explain(["timed out"], store), []);
  });

  for (const [kind, path, events] of [
    ["SecretStore", "namespaces/shop/secretstores", "shop"],
    ["ClusterSecretStore", "clustersecretstores", "default"],
  ] as const) {
    describe(`on an ExternalSecret whose ${kind} is not ready`, () => {
      const subject = kind === "SecretStore" ? "SecretStore shop/reader" : "ClusterSecretStore /reader";
      const store = (status: string) => ({
        apiVersion: "external-secrets.io/v1",
        kind,
        metadata: { name: "reader", ...(kind === "SecretStore" ? { namespace: "shop" } : {}) },
        status: {
          conditions: [{ type: "Ready", status, reason: "InvalidProviderConfig", message: "unable to create client" }],
        },
      });
      const eventsOf = (involved: string, namespace: string, message: string) => {
        const selector = `involvedObject.kind=${involved},involvedObject.name=${involved === kind ? "reader" : "shop-db"}`;
        const items = [{ type: "Warning", message, involvedObject: {}, metadata: {} }];
        const list = { kind: "EventList", apiVersion: "v1", metadata: {}, items };
        cluster.answers.set(`/api/v1/namespaces/${namespace}/events?fieldSelector=${selector}&limit=500`, list);
      };
      const notReady = `error processing spec.data[0], err: ${kind} "reader" is not ready`;
      const failed = "ExternalSecret shop/shop-db is not Ready: SecretSyncedError: could not get secret data";
      beforeEach(() => {
        put("False", "1-a", "could not get secret data");
        eventsOf("ExternalSecret", "shop", notReady);
      });
      const said = async () => (await explain(["timed out"])).map(({ message }) => message);

      it("explain the store, by its own words and events", async () => {
        cluster.answers.set(`${api}/${path}/reader`, store("False"));
        eventsOf(kind, events, "could not get idbindtoken token, status: 404");
        const [line] = await said();
        assert.deepEqual(line?.split("\n").slice(0, 4), [
          failed,
          `  event: ${notReady}`,
          `${subject} is not Ready: InvalidProviderConfig: unable to create client`,
          "  event: could not get idbindtoken token, status: 404",
        ]);
        assert.match(line?.split("\n")[4] ?? "", /^ {2}fix: Google can't find this GKE cluster/);
      });

      it("say so where it became ready meanwhile", async () => {
        cluster.answers.set(`${api}/${path}/reader`, store("True"));
        assert.deepEqual(await said(), [
          `${failed}\n  event: ${notReady}\n  fix: ${subject} is Ready now: run \`pulumi up\` again`,
        ]);
      });

      it("say at least what the object says where the store can't be read", async () => {
        const [line] = await said();
        assert.ok(line?.startsWith(`${failed}\n  event: ${notReady}\n${subject} could not be read: `), line);
      });
    });
  }

  it("say how to take over an object that exists already, without asking the cluster", async () => {
    assert.deepEqual(await explain(['externalsecrets "shop-db" already exists']), [
      {
        severity: "error",
        message:
          "ExternalSecret shop/shop-db exists and is not in the state.\n" +
          "  fix: after a lost state or a killed run, adopt what exists: pulumi config set --path 'clusters.main.upsertExistingObjects' true",
      },
    ]);
    assert.deepEqual(cluster.requests, []);
  });

  it("warn where the reason can't be read, and let the provider's own error stand", async () => {
    const [line, ...others] = await explain(["timed out"]);
    assert.deepEqual([line?.severity, others], ["warning", []]);
    assert.match(line?.message ?? "", /^The reason could not be read from the cluster: .* is forbidden$/);
  });

  it("try again while the webhook of a fresh operator starts, without a word, and give up in the end", async () => {
    const starting =
      'Internal error occurred: failed calling webhook "validate.secretstore.external-secrets.io": no endpoints available for service "external-secrets-webhook"';
    const retried = async (errors: readonly string[]) => {
      const args = { newInputs, errors, failedOperation: "create" } as unknown as ErrorHookArgs;
      const clock = testClock();
      const { result, logs } = await runProgram(async () => hooks(clock).explain.callback(args));
      return { result, logged: logs.length, seconds: clock.seconds() };
    };
    assert.deepEqual(await retried([starting]), { result: true, logged: 0, seconds: 5 });
    assert.deepEqual(await retried(Array.from({ length: 12 }, () => starting)), {
      result: true,
      logged: 0,
      seconds: 5,
    });
    assert.deepEqual(await retried(Array.from({ length: 13 }, () => starting)), {
      result: false,
      logged: 1,
      seconds: 0,
    });
    const refused = 'admission webhook "validate.secretstore.external-secrets.io" denied the request: wrong';
    assert.equal((await retried([refused])).result, false);
  });

  it("go on as soon as an update was synced", async () => {
    put("True", "1-a");
    await update(() => put("True", "1-b"));
  });

  it("go on where the object was made again, since somebody had deleted it", async () => {
    cluster.missing.add(place);
    await update(() => {
      cluster.missing.clear();
      put("True", "1-a");
    });
  });

  it("go on where the update asked for nothing new: what was asked before was synced meanwhile", async () => {
    put("True", "1-a");
    await update(() => undefined);
  });

  it("stop an update whose object can't be read: nobody could tell whether it was synced", async () => {
    await assert.rejects(
      update(() => undefined),
      { name: "ApiError", message: `${place} is forbidden` },
    );
  });

  describe("on keys that are to be merged into somebody else's Secret", () => {
    const spec = { refreshInterval: "2h0m0s", target: { name: "shop-db", creationPolicy: "Merge" } };
    const report = async () => {
      const args = { newInputs: { ...newInputs, spec } } as unknown as ResourceHookArgs;
      return (await runProgram(async () => hooks().reportUnmerged.callback(args))).logs;
    };
    const ready = (reason: string) => {
      const conditions = [{ type: "Ready", status: "True", reason, message: "as the operator says it" }];
      cluster.answers.set(place, { ...external("True", "1-a"), status: { syncedResourceVersion: "1-a", conditions } });
    };

    it("warn where there is none: the operator calls it Ready, and nothing was delivered", async () => {
      ready("SecretMissing");
      assert.deepEqual(await report(), [
        {
          severity: "warning",
          message:
            "ExternalSecret shop/shop-db is pending: namespace shop has no Secret shop-db to merge its keys into, so none was delivered. The installation that owns the Secret creates it.\n" +
            "  fix: once it exists, run `pulumi up`, or: kubectl -n shop annotate externalsecret shop-db sync-now=$(date +%s) --overwrite; otherwise the operator looks for it every 2h0m0s",
        },
      ]);
    });

    it("name no interval where there is none", async () => {
      ready("SecretMissing");
      const without = { ...spec, refreshInterval: "0s" };
      const args = { newInputs: { ...newInputs, spec: without } } as unknown as ResourceHookArgs;
      const { logs } = await runProgram(async () => hooks().reportUnmerged.callback(args));
      assert.match(logs[0]?.message ?? "", /sync-now=\$\(date \+%s\) --overwrite$/);
    });

    it("say nothing where they were merged", async () => {
      ready("SecretSynced");
      assert.deepEqual(await report(), []);
    });

    it("warn where that can't be told, and let the run go on", async () => {
      const [line, ...others] = await report();
      assert.deepEqual([line?.severity, others], ["warning", []]);
      assert.match(
        line?.message ?? "",
        /^Whether ExternalSecret shop\/shop-db found its Secret could not be read: .* is forbidden$/,
      );
    });
  });

  for (const [name, status] of [
    ["the object is Ready from before the update, which the state does not know", "True"],
    ["a failure may be of before the update, which mends it", "False"],
  ] as const) {
    it(`wait while ${name}`, async () => {
      put(status, "1-a");
      let pauses = 0;
      const clock = testClock({
        onPause: () => {
          pauses += 1;
          if (pauses === 3) put("True", "1-b");
        },
      });
      await update(() => put(status, "1-a"), { clock });
      assert.equal(pauses, 3);
    });
  }

  it("give up on a failure that lasts, with the reason", async () => {
    put("True", "1-a");
    const clock = testClock();
    await assert.rejects(
      update(() => put("False", "1-a"), { clock }),
      /^Error: ExternalSecret shop\/shop-db is not Ready: .*fix: the policy of its Vault role/s,
    );
    assert.equal(clock.seconds(), 5.05);
  });

  describe("on what the operator reads once", () => {
    const spec = { refreshPolicy: "CreatedOnce", refreshInterval: "0s", data: [{ remoteRef: { key: "a" } }] };
    const once = (changes: object = {}) => ({ ...newInputs, spec: { ...spec, ...changes } });
    const missed = {
      severity: "warning",
      message:
        "ExternalSecret shop/shop-db: its Secret keeps what it got when it was first synced (refreshPolicy: CreatedOnce). This change did not get into it.\n" +
        `  fix: to have it read once more: kubectl -n shop patch externalsecret shop-db --subresource=status --type=merge -p '{"status":{"syncedResourceVersion":""}}'`,
    };

    it("do not wait for it to note a changed value, and warn that it keeps the former", async () => {
      put("True", "1-a");
      const clock = testClock();
      const { logs } = await update(() => put("True", "1-a"), { clock, oldInputs: once(), inputs: once() });
      assert.deepEqual([logs, clock.seconds()], [[missed], 0]);
    });

    it("warn of other keys, too", async () => {
      put("True", "1-a");
      const data = [...spec.data, { remoteRef: { key: "b" } }];
      const { logs } = await update(() => undefined, { oldInputs: once(), inputs: once({ data }) });
      assert.deepEqual(logs, [missed]);
    });

    it("say nothing where the policy alone changed", async () => {
      put("True", "1-a");
      const { logs } = await update(() => undefined, {
        oldInputs: once({ refreshPolicy: "Periodic", refreshInterval: "1h0m0s" }),
        inputs: once(),
      });
      assert.deepEqual(logs, []);
    });

    it("say nothing where it was read again: somebody asked for that", async () => {
      put("True", "1-a");
      const { logs } = await update(() => put("True", "1-b"), { oldInputs: once(), inputs: once() });
      assert.deepEqual(logs, []);
    });

    it("give up on one that was never synced, with the reason", async () => {
      put("False", "1-a");
      const clock = testClock();
      await assert.rejects(
        update(() => put("False", "1-a"), { clock, oldInputs: once(), inputs: once() }),
        /^Error: ExternalSecret shop\/shop-db is not Ready: /,
      );
      assert.equal(clock.seconds(), 5.05);
    });
  });

  it("are as patient as the store is slow with an update that reads something else", async () => {
    const reading = (...keys: readonly string[]) => ({
      ...newInputs,
      spec: { refreshInterval: `${keys.length}h`, data: keys.map((key) => ({ remoteRef: { key } })) },
    });
    const patience = async (kind: RemoteStoreKind, oldInputs: object, inputs: object) => {
      put("True", "1-a");
      const clock = testClock({ times: 100 });
      await assert.rejects(
        update(() => put("False", "1-a"), { clock, kind, oldInputs, inputs }),
        /is not Ready/,
      );
      return clock.seconds();
    };
    assert.equal(await patience("azure-key-vault", reading("a"), reading("a", "b")), 685);
    assert.equal(
      await patience("azure-key-vault", reading("a"), { ...reading("a"), metadata: newInputs.metadata }),
      10,
    );
    assert.equal(await patience("vault-kv", reading("a"), reading("a", "b")), 10);
  });
});

interface TestClockOptions {
  /** How many times as long as asked each pause takes: fewer requests. Default: 1. */
  readonly times?: number;
  /** Happens within each pause. */
  readonly onPause?: () => void;
}

/** A clock on which only pauses count, and none lasts: what is measured does not depend on the machine. */
function testClock({ times = 1, onPause = () => undefined }: TestClockOptions = {}) {
  let passed = 0;
  return {
    now: () => passed,
    sleep: (milliseconds: number) => {
      passed += milliseconds * times;
      onPause();
      return Promise.resolve();
    },
    seconds: () => passed / 1000,
  };
}

interface UpdateOptions {
  readonly clock?: Clock;
  readonly kind?: RemoteStoreKind;
  readonly oldInputs?: object;
  readonly inputs?: object;
}
