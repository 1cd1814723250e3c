import assert from "node:assert/strict";
import { readSecret } from "../support/cluster.ts";
import { run, succeed } from "../support/stacks.ts";
import { kvVersions, readKv, vaultOk } from "../support/vault.ts";
import { delivered, deployGenerated, generator, kubectl, path, stack, vaultCli } from "./scene.ts";

describe("a secret that the cluster generated, after something was lost", () => {
  let first: Readonly<Record<string, string>>;

  before(async () => {
    await deployGenerated();
    first = await delivered();
  });

  it("keeps its value when the generator's namespace is deleted and made again", async () => {
    await kubectl("delete", "namespace", generator, "--wait");
    await succeed("up", stack, { refresh: true });
    assert.notEqual(await readSecret(generator, "db"), undefined);
    assert.deepEqual(await delivered(), first);
    assert.equal((await kvVersions())[path], 1);
  });

  it("is not generated anew when it is deleted from Vault by mistake, and comes back as it was", async () => {
    // By now the cluster keeps another value than Vault did.
    await vaultCli("delete", path);
    await succeed("up", stack, { refresh: true });
    assert.equal(await readKv(path), undefined);
    assert.deepEqual(await delivered(), first);
    await vaultCli("undelete", "-versions=1", path);
    assert.deepEqual((await succeed("up", stack)).changes, {});
    assert.deepEqual(await delivered(), first);
  });

  it("stops an up that would look for it under another mount, which does not hold it", async () => {
    await vaultOk("sys/mounts/second", { method: "POST", body: { type: "kv", options: { version: "2" } } });
    const refused = await run("up", { ...stack, facts: { ...stack.facts, stores: { vault: { mount: "second" } } } });
    await vaultOk("sys/mounts/second", { method: "DELETE" });
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      new RegExp(`store vault no longer contains "${path}", which a cluster generated: it would get a new value`),
    );
    assert.deepEqual(await delivered(), first);
  });
});
