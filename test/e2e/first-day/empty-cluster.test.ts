import assert from "node:assert/strict";
import { ensureFixtures } from "../../../sandbox/fixtures.ts";
import { applicationSecrets, ownNamespaces } from "../support/cluster.ts";
import { connection } from "../support/platform.ts";
import { succeed } from "../support/stacks.ts";
import { customResourceKinds, operatorObjects } from "../support/operator.ts";
import { listKv, policyNames } from "../support/vault.ts";

describe("a cluster that nothing was ever installed in", () => {
  before(async () => {
    await ensureFixtures(connection().kubeconfig);
    assert.deepEqual(await customResourceKinds(), [], "this test needs a cluster without the operator's kinds");
  });

  it("gets a preview that creates everything, including custom resources whose kinds do not exist yet", async () => {
    const { changes, steps, warnings } = await succeed("preview");
    assert.deepEqual(Object.keys(changes), ["create"]);
    assert.ok((changes["create"] ?? 0) > 100, `only ${changes["create"] ?? 0} creates`);
    assert.ok(steps.includes("create local/mlflow/mlflow-tracking"), "the preview must list ExternalSecrets");
    assert.ok(steps.includes("create mlflow/tracking/vault"), "the preview must list Vault secrets");
    assert.deepEqual(warnings, []);
  });

  it("stays as it is during a preview", async () => {
    assert.deepEqual(await ownNamespaces(), ["argocd"]);
    assert.deepEqual(await customResourceKinds(), []);
    assert.deepEqual(await operatorObjects("externalsecrets"), []);
    assert.deepEqual([...(await applicationSecrets()).keys()], ["argocd/argocd-secret"]);
    assert.deepEqual(await listKv(), []);
    assert.deepEqual(await policyNames(), []);
  });
});
