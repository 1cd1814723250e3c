import assert from "node:assert/strict";
import type { ErrorHookArgs, ResourceHookArgs } from "@pulumi/pulumi";
import { sealingHooks } from "../../../components/sealed-secrets/hooks.ts";
import type { Clock } from "../../../components/support/clock.ts";
import { startCluster, type FakeCluster } from "../../support/fake-cluster.ts";
import { environment, facts } from "../../support/fixtures.ts";
import { runFailing, runProgram } from "../../support/mocks.ts";

const api = "/apis/bitnami.com/v1alpha1";
const place = `${api}/namespaces/shop/sealedsecrets/shop-db`;
const newInputs = {
  apiVersion: "bitnami.com/v1alpha1",
  kind: "SealedSecret",
  metadata: { name: "shop-db", namespace: "shop" },
};
const object = (status?: object, generation = 2) => ({
  ...newInputs,
  metadata: { ...newInputs.metadata, generation },
  ...(status === undefined ? {} : { status }),
});
const synced = (status: string, message = "", observedGeneration = 2) => ({
  observedGeneration,
  conditions: [{ type: "Synced", status, message }],
});

describe("hooks around SealedSecrets", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = await startCluster({});
  });
  afterEach(() => cluster.close());

  const hooks = (sealedSecrets: object = { fetchCertificate: true }, clock?: Clock) => {
    const clusters = { main: { ...facts.clusters.main, kubeconfig: cluster.kubeconfig, sealedSecrets } };
    const spec = environment({ facts: { ...facts, clusters } }).clusters.get("main")?.spec ?? assert.fail("no cluster");
    return sealingHooks({ spec }, clock);
  };
  const args = { newInputs } as unknown as ResourceHookArgs;
  /** Waits after an update, in a time of its own, of which `change` is told each second. */
  const wait = (change: (second: number) => void) => {
    let now = 0;
    const clock = {
      now: () => now,
      sleep: () => {
        now += 1000;
        change(now / 1000);
        return Promise.resolve();
      },
    };
    return async () => hooks(undefined, clock).awaitSynced.callback(args);
  };
  const put = (...parts: Parameters<typeof object>) => cluster.answers.set(place, object(...parts));
  const explain = async (error: string, sealedSecrets?: object) => {
    const failed = { newInputs, errors: [error], failedOperation: "create" } as unknown as ErrorHookArgs;
    const { logs } = await runProgram(async () => hooks(sealedSecrets).explain.callback(failed));
    return logs.map(({ message }) => message).join("\n");
  };

  it("wait until the newest generation was unsealed", async () => {
    put(synced("True", "", 1));
    let last = 0;
    await runProgram(
      wait((second) => {
        last = second;
        if (second === 3) put(synced("True"));
      }),
    );
    assert.equal(last, 3);
  });

  it("give up soon on what can't be unsealed, and say why", async () => {
    put(synced("False", "no key could decrypt secret (password)"));
    const { errors } = await runFailing(wait(() => undefined));
    assert.equal(
      (errors[0] as Error).message,
      [
        "SealedSecret shop/shop-db was not unsealed: no key could decrypt secret (password)",
        "  fix: the certificate is not one of this controller's keys (another cluster's, or of a deleted key): check that clusters.main.sealedSecrets names the Service of the controller that unseals (controllerNamespace, controllerName)",
      ].join("\n"),
    );
  });

  it("give up at last on a controller that does not answer", async () => {
    put();
    const { errors } = await runFailing(wait(() => undefined));
    assert.match(
      (errors[0] as Error).message,
      /was not looked at by the Sealed Secrets controller of cluster main\n {2}fix: /,
    );
  });

  for (const [words, fix] of [
    [
      "no key could decrypt secret",
      /kubeseal --fetch-cert --kubeconfig \S+ --controller-namespace kube-system --controller-name sealed-secrets-controller > certs\/main\.pem, then pulumi up/,
    ],
    [
      'Resource "shop-db" already exists and is not managed by SealedSecret',
      /pulumi config set --path 'existingSecrets\["shop\/shop-db"\]' merge/,
    ],
    ["type: field is immutable", /another secretName/],
    ["timed out", /run `pulumi up` again/],
  ] as const) {
    it(`explain what a creation failed with: ${words}`, async () => {
      put(synced("False", words));
      assert.match(await explain("timed out waiting for the condition", { certificateFile: "certs/main.pem" }), fix);
    });
  }

  it("name the controller that is not installed", async () => {
    assert.match(
      await explain('no matches for kind "SealedSecret" in version "bitnami.com/v1alpha1"'),
      /install the Sealed Secrets controller first/,
    );
  });

  it("say nothing of one that was unsealed after all", async () => {
    put(synced("True"));
    assert.equal(await explain("connection refused"), "");
  });

  it("have nothing to do for a Secret that is not there", async () => {
    cluster.missing.add("/api/v1/namespaces/shop/secrets/shop-db");
    await runProgram(async () => {
      for (const hook of ["replace", "patch", "release"] as const) await hooks()[hook].callback(args);
    });
    assert.deepEqual(
      cluster.requests.filter((each) => !each.startsWith("GET")),
      [],
    );
  });
});
