import assert from "node:assert/strict";
import { SILENT } from "../../support/engine.ts";
import { withVault } from "./server.ts";

const type = "vault:appRole/authBackendRole:AuthBackendRole";
const signal = new AbortController().signal;
const request = { urn: `urn:pulumi:s::p::${type}::n`, type, name: "n", log: SILENT, signal };

describe("an AppRole of the vault stand-in", () => {
  it("gets the id that it is given, and is read back without a change", async () => {
    const role = { bind_secret_id: true, token_policies: ["shop"], token_ttl: 600, token_type: "default" };
    const answers = {
      "PUT /v1/auth/approle/role/shop": [204, undefined],
      "PUT /v1/auth/approle/role/shop/role-id": [204, undefined],
      "GET /v1/auth/approle/role/shop": [200, { data: role }],
      "GET /v1/auth/approle/role/shop/role-id": [200, { data: { role_id: "shop" } }],
    } as const;
    const inputs = {
      backend: "approle",
      roleName: "shop",
      roleId: "shop",
      bindSecretId: true,
      tokenPolicies: ["shop"],
      tokenTtl: 600,
    };
    await withVault(answers, async (provider, seen) => {
      const { id, outputs } = await provider
        .resource(type)
        .create({ ...request, inputs, timeoutSeconds: 0, preview: false });
      assert.equal(id, "auth/approle/role/shop");
      assert.deepEqual(
        seen.slice(0, 2).map(({ body }) => body),
        [{ token_policies: ["shop"], token_ttl: 600 }, { role_id: "shop" }],
      );
      const { detailed } = await provider
        .resource(type)
        .diff({ ...request, id, oldInputs: inputs, oldOutputs: outputs, newInputs: inputs, ignoreChanges: [] });
      assert.deepEqual(detailed, {});
    });
  });
});
