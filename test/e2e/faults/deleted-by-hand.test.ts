import assert from "node:assert/strict";
import { cli } from "../support/cli.ts";
import { applicationSecrets, fingerprints, readSecret } from "../support/cluster.ts";
import { operatorObjects } from "../support/operator.ts";
import { deployShared, shared } from "../support/shared-small-stack.ts";
import { run, succeed } from "../support/stacks.ts";

/** As in prod: Secrets outlive what made them. */
const retaining = { ...shared, policy: { retain: true } };

describe("Secrets under the policy of prod, after a deletion by hand", () => {
  let delivered: Readonly<Record<string, string>>;

  before(async () => {
    await deployShared();
    await succeed("up", retaining);
    delivered = fingerprints(await applicationSecrets(["shared"]));
    assert.ok(Object.keys(delivered).length > 0);
  });
  after(() => succeed("up", shared));

  const remove = async (tool: "kubectl" | "helm", ...args: readonly string[]) => {
    const { code, output } = await cli(tool, args);
    assert.equal(code, 0, output);
    // Kubernetes would delete them together with an owner.
    assert.deepEqual((await readSecret("shared", "secret-0"))?.metadata?.ownerReferences ?? [], []);
    assert.deepEqual(fingerprints(await applicationSecrets(["shared"])), delivered);
  };

  it("survive the deletion of their ExternalSecret", async () => {
    await remove("kubectl", "delete", "externalsecret", "secret-0", "--namespace=shared");
  });

  it("survive a run that changes what was deleted: it fails, and says what makes it again", async () => {
    const { ok, errors } = await run("up", { ...retaining, facts: { ...retaining.facts, refreshSeconds: 1800 } });
    assert.equal(ok, false);
    const said = "ExternalSecret shared/secret-0 does not exist\n  fix: pulumi up --refresh";
    assert.ok(errors.includes(said), errors.join("\n"));
    assert.deepEqual(fingerprints(await applicationSecrets(["shared"])), delivered);
  });

  it("survive the deletion of the operator's kinds, with every ExternalSecret", async () => {
    await remove("kubectl", "delete", "crd", "externalsecrets.external-secrets.io");
    assert.deepEqual(await operatorObjects("externalsecrets"), []);
  });

  it("survive the removal of the operator's release", async () => {
    await remove("helm", "uninstall", "external-secrets", "--namespace=external-secrets", "--wait");
  });

  it("survive the repair by up --refresh, which makes all of that again", async () => {
    await succeed("up", retaining, { refresh: true });
    assert.equal((await operatorObjects("externalsecrets")).length, (await applicationSecrets(["shared"])).size);
    assert.deepEqual(fingerprints(await applicationSecrets(["shared"])), delivered);
    assert.deepEqual((await succeed("up", retaining)).changes, {});
  });
});
