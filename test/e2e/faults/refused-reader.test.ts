import assert from "node:assert/strict";
import { applicationSecrets } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { nudge } from "../support/nudge.ts";
import { deployShared, shared, sharedWithAnother } from "../support/shared-small-stack.ts";
import { run, succeed } from "../support/stacks.ts";
import { policyNames, vaultOk } from "../support/vault.ts";

describe("a Vault role that refuses the reader", () => {
  let role: string;

  before(async () => {
    await deployShared();
    role = (await policyNames()).find((name) => name.includes("shared")) ?? "";
  });
  after(() => succeed("up", shared));

  it("fails an up with the operator's own words and a fix, and up --refresh restores the role", async () => {
    const { body } = await vaultOk(`auth/kubernetes/role/${role}`);
    await vaultOk(`auth/kubernetes/role/${role}`, {
      method: "POST",
      body: { ...body.data, audience: "somebody-else" },
    });
    const extended = sharedWithAnother("added-while-broken");
    const failed = await run("up", extended);
    assert.equal(failed.ok, false);
    const said = failed.errors.join("\n");
    assert.match(said, /ExternalSecret shared\/added-while-broken is not Ready/);
    assert.match(said, /invalid audience/, "the operator's own words are missing");
    assert.match(said, /fix: .*audience/, "no fix is named");

    await succeed("up", extended, { refresh: true });
    // The operator retries by itself, after pauses that double up to 15 minutes. One nudge may come before the SecretStore
    // counts as valid again, so each look at the Secret is one.
    const arrived = async () => {
      await nudge(["shared"]);
      return (await applicationSecrets(["shared"])).has("shared/added-while-broken");
    };
    await eventually("the Secret arrives", arrived);
    const { changes } = await succeed("up", extended);
    assert.deepEqual(changes, {});
  });
});
