import assert from "node:assert/strict";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { observe } from "../support/observer.ts";
import { deployShared, shared } from "../support/shared-small-stack.ts";
import { succeed, type StackOptions } from "../support/stacks.ts";
import { listKv, vault, vaultOk } from "../support/vault.ts";

const moved: StackOptions = { ...shared, facts: { ...shared.facts, stores: { vault: { mount: "second" } } } };

describe("a Vault store whose mount changes", () => {
  let delivered: Readonly<Record<string, string>>;

  before(async () => {
    await deployShared();
    delivered = fingerprints(await applicationSecrets(["shared"]));
    await vaultOk("sys/mounts/second", { method: "POST", body: { type: "kv", options: { version: "2" } } });
  });
  after(async () => {
    await succeed("up", shared);
    await vault("sys/mounts/second", { method: "DELETE" });
  });

  it("gets the same values, and no Secret is ever missing or different", async () => {
    const name = "shared/secret-0";
    const { secrets } = await observe({ secrets: [name] }, async () => {
      assert.deepEqual((await succeed("up", moved)).warnings, []);
    });
    assert.deepEqual(fingerprints(await applicationSecrets(["shared"])), delivered);
    const expected = Object.fromEntries(Object.entries(delivered).filter(([key]) => key.startsWith(`${name} `)));
    const sightings = secrets.get(name) ?? [];
    assert.ok(sightings.length > 0);
    for (const { type, values } of sightings) {
      assert.notEqual(type, "DELETED");
      assert.deepEqual(fingerprints(new Map([[name, values]])), expected);
    }
  });

  it("leaves nothing in the old mount, and needs one up", async () => {
    const left = await listKv("mlops-platform-shared/");
    assert.deepEqual(left, []);
    assert.deepEqual((await succeed("up", moved)).changes, {});
  });
});
