import assert from "node:assert/strict";
import { SILENT } from "../../support/engine.ts";
import { vaultProvider } from "../../vault/provider.ts";
import { withVault } from "./server.ts";

const type = "vault:index/audit:Audit";
const signal = new AbortController().signal;
const request = { urn: `urn:pulumi:s::p::${type}::n`, type, name: "n", log: SILENT, signal };
const inputs = { type: "file", path: "file", options: { file_path: "/vault/audit.log" } };
const device = {
  type: "file",
  description: "",
  local: false,
  path: "file/",
  options: { file_path: "/vault/audit.log" },
};

describe("an audit device of the vault stand-in", () => {
  it("is switched on, and read back by its path", () =>
    withVault(
      { "PUT /v1/sys/audit/file": [204, undefined], "GET /v1/sys/audit": [200, { data: { "file/": device } }] },
      async (provider, seen) => {
        const { id, outputs } = await provider
          .resource(type)
          .create({ ...request, inputs, timeoutSeconds: 0, preview: false });
        assert.equal(id, "file");
        assert.deepEqual(seen[0]?.body, {
          type: "file",
          description: "",
          local: false,
          options: { file_path: "/vault/audit.log" },
        });
        assert.deepEqual([outputs["path"], outputs["options"]], ["file", { file_path: "/vault/audit.log" }]);
      },
    ));

  it("is gone when Vault does not list it", () =>
    withVault({ "GET /v1/sys/audit": [200, { data: { "other/": device } }] }, async (provider) => {
      const read = provider.resource(type).read({ ...request, id: "file", oldInputs: inputs, oldOutputs: inputs });
      assert.equal(await read, undefined);
    }));

  it("is replaced by one with other options", async () => {
    const diff = await vaultProvider()
      .resource(type)
      .diff({
        ...request,
        id: "file",
        oldInputs: inputs,
        oldOutputs: { ...inputs, local: false },
        newInputs: { ...inputs, options: { file_path: "stdout" } },
        ignoreChanges: [],
      });
    assert.deepEqual(
      Object.entries(diff.detailed).map(([key, { kind }]) => [key, kind]),
      [["options.file_path", "update-replace"]],
    );
  });

  it("is switched off", () =>
    withVault({ "DELETE /v1/sys/audit/file": [204, undefined] }, async (provider, seen) => {
      await provider
        .resource(type)
        .delete({ ...request, id: "file", oldInputs: inputs, oldOutputs: inputs, timeoutSeconds: 0 });
      assert.equal(seen.length, 1);
    }));
});
