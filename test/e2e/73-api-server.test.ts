import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startApiServer, stopApiServer } from "./support/api-server.ts";
import { startUp } from "./support/child.ts";
import { applicationSecrets, fingerprints } from "./support/cluster.ts";
import { startFaultProxy, type FaultProxy } from "./support/fault-proxy.ts";
import { connection } from "./support/platform.ts";
import { deployShared } from "./support/shared-small-stack.ts";
import { secretsPerApplication } from "./support/small-stack.ts";
import { open, succeed, type StackOptions } from "./support/stacks.ts";
import { tenantStack } from "./support/tenants.ts";

const applications = ["cut-0", "cut-1"];
const secrets = applications.length * secretsPerApplication;

describe("an API server that is away in the middle of an up", () => {
  let proxy: FaultProxy;
  let stack: StackOptions;

  before(async () => {
    await deployShared();
    proxy = await startFaultProxy();
    const tenant = tenantStack("cut", applications);
    const vault = { address: proxy.address, clusterAddress: connection().vaultAddress };
    stack = { ...tenant, facts: { ...tenant.facts, stores: { vault } } };
  });
  after(async () => {
    await succeed("destroy", stack);
    await proxy.close();
  });

  it("costs no more than another up, which makes exactly the rest", async () => {
    const gone = Promise.withResolvers<void>();
    // However fast the machine is, something is left to be asked of the API server when it is gone.
    proxy.onWrite((writes) => (writes < secrets - 3 ? undefined : { kind: "hold", until: gone.promise }));
    const up = startUp(stack);
    let over = false;
    void up.ended.then(() => (over = true));
    while (!over && (await applicationSecrets(applications)).size < 2) await sleep(20);
    const before = fingerprints(await applicationSecrets(applications));
    await stopApiServer();
    gone.resolve();
    const { code, output } = await up.ended;
    await startApiServer();
    assert.notEqual(code, 0, "the up did not notice: nothing is shown by this test");
    assert.match(output, /connection refused|ECONNREFUSED|EOF|socket hang up|unreachable/i);

    const known = await recorded();
    const { steps, warnings } = await succeed("up", stack);
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
    assert.deepEqual((await succeed("up", stack)).changes, {});
  });

  /** Names of the resources that the state knows. */
  async function recorded(): Promise<readonly string[]> {
    const exported = await (await open(stack)).exportStack();
    const { resources = [] } = exported.deployment as { readonly resources?: readonly { readonly urn: string }[] };
    return resources.map(({ urn }) => urn.split("::").slice(3).join("::"));
  }
});
