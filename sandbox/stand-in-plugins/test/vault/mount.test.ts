import assert from "node:assert/strict";
import { SILENT } from "../../support/engine.ts";
import { withVault } from "./server.ts";

const type = "vault:index/mount:Mount";
const signal = new AbortController().signal;
const request = { urn: `urn:pulumi:s::p::${type}::n`, type, name: "n", log: SILENT, signal };
const before = { path: "apps", type: "kv" };
const change = { ...request, id: "apps", oldInputs: before, oldOutputs: before, ignoreChanges: [] };

describe("a secrets engine of the vault stand-in", () => {
  const kinds = async (newInputs: Record<string, string>) =>
    withVault({}, async (provider) => {
      const { detailed } = await provider.resource(type).diff({ ...change, newInputs });
      return Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind]));
    });

  it("is another one with another type, and the same at another path", async () => {
    assert.deepEqual(await kinds({ ...before, type: "transit" }), { type: "update-replace" });
    assert.deepEqual(await kinds({ ...before, path: "teams" }), { path: "update" });
  });

  it("is not moved here, where the official plugin takes its secrets along", () =>
    withVault({}, async (provider, seen) => {
      const newInputs = { ...before, path: "teams" };
      const moved = provider.resource(type).update({ ...change, newInputs, timeoutSeconds: 0, preview: false });
      await assert.rejects(moved, /Moving a secrets engine to another path/);
      assert.deepEqual(seen, []);
    }));
});
