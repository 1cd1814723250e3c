import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startUp } from "../support/mishaps/child.ts";
import { cli } from "../support/cli.ts";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { startFaultProxy, through, type FaultProxy } from "../support/mishaps/fault-proxy.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { secretsPerApplication } from "../support/small-stack.ts";
import { recordedUrns, succeed, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { startControlPlane, stopControlPlane, waitingRequests } from "./control-plane.ts";

describe("a control plane that stops in the middle of an up", () => {
  let proxy: FaultProxy;

  before(async () => {
    await deployShared();
    proxy = await startFaultProxy();
  });
  after(() => proxy.close());

  for (const [server, application] of [
    ["kube-apiserver", "cut"],
    ["etcd", "stored"],
  ] as const) {
    describe(`(${server})`, () => {
      const applications = [`${application}-0`, `${application}-1`];
      const secrets = applications.length * secretsPerApplication;
      const stackOf = () => through(proxy, tenantStack(application, applications));
      after(() => succeed("destroy", stackOf()));

      it("needs one more up, which makes exactly what is missing", async () => {
        const gone = Promise.withResolvers<void>();
        // Holds back the last writes, so that the up still has objects to make when the server is gone.
        proxy.onWrite((writes) => (writes < secrets - 3 ? undefined : { kind: "hold", until: gone.promise }));
        const up = startUp(stackOf());
        let over = false;
        void up.ended.then(() => (over = true));
        while (!over && (await applicationSecrets(applications)).size < 2) await sleep(20);
        const before = fingerprints(await applicationSecrets(applications));
        await stopControlPlane(server);
        const { code: ready } = await cli("kubectl", ["get", "--raw", "/readyz", "--request-timeout=5s"]);
        assert.notEqual(ready, 0, "the API server is still ready");
        gone.resolve();
        // Without an API server requests are refused, and the up ends. Without etcd they wait, a minute at most.
        try {
          if (server === "kube-apiserver") await up.ended;
          else
            await eventually("a request of the up waits for etcd", async () => over || (await waitingRequests()) > 0);
        } finally {
          await startControlPlane();
        }
        const { code, output } = await up.ended;
        if (server === "kube-apiserver") {
          assert.notEqual(code, 0, "the up did not notice the outage: this test shows nothing");
          assert.match(output, /connection refused|ECONNREFUSED|EOF|socket hang up|unreachable/i);
        }

        const known = await recorded(stackOf());
        const { steps, warnings } = await succeed("up", stackOf());
        assert.deepEqual(warnings, []);
        const created = steps.filter((step) => step.startsWith("create ")).map((step) => step.slice("create ".length));
        assert.deepEqual(
          created.filter((name) => known.includes(name)),
          [],
          "something was made a second time",
        );
        const after = fingerprints(await applicationSecrets(applications));
        for (const [key, value] of Object.entries(before)) assert.equal(after[key], value, `${key} changed`);
        assert.equal((await applicationSecrets(applications)).size, secrets);
        assert.deepEqual((await succeed("up", stackOf())).changes, {});
      });
    });
  }
});

/** Names of the resources that the state knows. */
async function recorded(stack: StackOptions): Promise<readonly string[]> {
  return (await recordedUrns(stack)).map((urn) => urn.split("::").slice(3).join("::"));
}
