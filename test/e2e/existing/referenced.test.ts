import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import { applicationSecrets } from "../support/cluster.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type Run, type StackOptions } from "../support/stacks.ts";
import { kvVersions, vaultOk } from "../support/vault.ts";

const application = "referenced";
const path = "mlops-platform-referenced/referenced/db";

const stack: StackOptions = {
  stack: "referenced",
  demo: false,
  catalogue: {
    [application]: {
      secrets: { db: { keys: { username: literal("theirs"), password: password() } } },
      deliveries: [{ namespace: application, secretName: "db", from: ["db"] }],
    },
  },
  facts: {
    namespaces: onlyNamespaces([application]),
    reference: { "referenced/db": true },
    // Long enough that only a forced sync can deliver a new value.
    refreshSeconds: 3600,
  },
};

describe("a secret in Vault that somebody else writes", () => {
  const put = (value: string) =>
    vaultOk(`secret/data/${path}`, { method: "POST", body: { data: { username: "theirs", password: value } } });
  const delivered = async () => (await applicationSecrets([application])).get(`${application}/db`)?.["password"];

  before(async () => {
    await makeRoom();
    await put("first");
  });
  after(async () => {
    await succeed("destroy", stack);
    await vaultOk(`secret/metadata/${path}`, { method: "DELETE" });
  });

  it("is delivered without being written, and without a warning", async () => {
    const { warnings } = await succeed("up", stack);
    assert.deepEqual(warnings, []);
    assert.equal(await delivered(), "first");
    assert.equal((await kvVersions())[path], 1);
  });

  it("causes no change while it stays as it is", async () => {
    const { changes, warnings } = await succeed("up", stack);
    assert.deepEqual([changes, warnings], [{}, []]);
  });

  it("is delivered by the next up after it changed", async () => {
    await put("second");
    const { steps, warnings } = await succeed("up", stack);
    assert.deepEqual([steps.length, warnings], [1, []]);
    assert.equal(await delivered(), "second");
  });

  it("stops an up while its newest version is deleted, with the command that restores it", async () => {
    await vaultOk(`secret/data/${path}`, { method: "DELETE" });
    const refused: Run = await run("up", stack);
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      /vault kv undelete -mount=secret -versions=<version> mlops-platform-referenced/,
    );
    await vaultOk(`secret/undelete/${path}`, { method: "POST", body: { versions: [2] } });
  });
});
