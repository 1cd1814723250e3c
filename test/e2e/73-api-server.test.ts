import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { restartApiServer } from "./support/api-server.ts";
import { startUp } from "./support/child.ts";
import { applicationSecrets, fingerprints } from "./support/cluster.ts";
import { deployShared } from "./support/shared-small-stack.ts";
import { secretsPerApplication } from "./support/small-stack.ts";
import { open, succeed } from "./support/stacks.ts";
import { tenantStack } from "./support/tenants.ts";

const applications = ["cut-0", "cut-1"];
const stack = tenantStack("cut", applications);

describe("an API server that restarts in the middle of an up", () => {
  before(deployShared);
  after(() => succeed("destroy", stack));

  it("costs no more than another up, which makes exactly the rest", async () => {
    const up = startUp(stack);
    let over = false;
    void up.ended.then(() => (over = true));
    while (!over && (await applicationSecrets(applications)).size < 2) await sleep(5);
    assert.equal(over, false, "the run was over before the API server could be stopped");
    const before = fingerprints(await applicationSecrets(applications));
    await restartApiServer(1_000);
    const { code, output } = await up.ended;
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
    assert.equal((await applicationSecrets(applications)).size, applications.length * secretsPerApplication);
    assert.deepEqual((await succeed("up", stack)).changes, {});
  });
});

/** Names of the resources that the state knows. */
async function recorded(): Promise<readonly string[]> {
  const exported = await (await open(stack)).exportStack();
  const { resources = [] } = exported.deployment as { readonly resources?: readonly { readonly urn: string }[] };
  return resources.map(({ urn }) => urn.split("::").slice(3).join("::"));
}
