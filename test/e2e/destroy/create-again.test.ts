import assert from "node:assert/strict";
import { applicationSecrets, fingerprints, readSecret } from "../support/cluster.ts";
import { operatorObjects } from "../support/operator.ts";
import { smallStack } from "../support/small-stack.ts";
import { run, succeed } from "../support/stacks.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { kvVersions, policyNames } from "../support/vault.ts";

describe("creating an environment again after a destroy", () => {
  const stack = smallStack("again", ["again"]);

  before(makeRoom);

  it("works under the same names, with new values", async () => {
    await succeed("up", stack);
    const first = fingerprints(await applicationSecrets(["again"]));
    await succeed("destroy", stack);
    assert.deepEqual(await applicationSecrets(["again"]), new Map());
    const { warnings } = await succeed("up", stack);
    assert.deepEqual(warnings, []);
    const second = fingerprints(await applicationSecrets(["again"]));
    assert.deepEqual(Object.keys(second), Object.keys(first));
    assert.notEqual(second["again/secret-0 password"], first["again/secret-0 password"]);
  });

  it("is refused where the policy retained Secrets, namespaces and what is in Vault, and changes none of them", async () => {
    const retaining = { ...stack, policy: { retain: true } };
    await succeed("up", retaining);
    const delivered = fingerprints(await applicationSecrets(["again"]));
    const versions = await kvVersions();
    assert.ok(Object.keys(delivered).length > 0 && Object.keys(versions).length > 0);

    await succeed("destroy", retaining);
    assert.deepEqual(fingerprints(await applicationSecrets(["again"])), delivered);
    assert.deepEqual(await kvVersions(), versions);
    assert.deepEqual((await readSecret("again", "secret-0"))?.metadata?.ownerReferences ?? [], []);
    assert.deepEqual(await operatorObjects("externalsecrets"), []);
    assert.deepEqual(await policyNames(), [], "rights to read go with the environment");

    const refused = await run("up", retaining);
    assert.equal(refused.ok, false, "what was retained must not be overwritten by a new environment of the same name");
    assert.deepEqual(await kvVersions(), versions);
  });
});
