import assert from "node:assert/strict";
import { SILENT } from "../../support/engine.ts";
import { type Answers, withVault } from "./server.ts";

const BACKEND = "vault:jwt/authBackend:AuthBackend";
const ROLE = "vault:jwt/authBackendRole:AuthBackendRole";
const signal = new AbortController().signal;
const request = (type: string) => ({ urn: `urn:pulumi:s::p::${type}::n`, type, name: "n", log: SILENT, signal });
const creation = { timeoutSeconds: 0, preview: false };

const config = { jwt_validation_pubkeys: ["key"], bound_issuer: "https://issuer.example", oidc_discovery_url: "" };
const mounted: Answers = {
  "PUT /v1/sys/auth/edge": [204, undefined],
  "PUT /v1/auth/edge/config": [204, undefined],
  "GET /v1/sys/auth": [
    200,
    { data: { "edge/": { type: "jwt", accessor: "auth_jwt_1", description: "", local: false } } },
  ],
  "GET /v1/auth/edge/config": [200, { data: config }],
};

describe("the JWT auth method of the vault stand-in", () => {
  const inputs = { type: "jwt", path: "edge", jwtValidationPubkeys: ["key"], boundIssuer: "https://issuer.example" };

  it("is mounted, gets its keys, and is read back by its path", () =>
    withVault(mounted, async (provider, seen) => {
      const { id, outputs } = await provider.resource(BACKEND).create({ ...request(BACKEND), inputs, ...creation });
      assert.equal(id, "edge");
      assert.deepEqual(
        seen.slice(0, 2).map(({ body }) => body),
        [
          { type: "jwt", description: "", local: false },
          { jwt_validation_pubkeys: ["key"], bound_issuer: "https://issuer.example" },
        ],
      );
      assert.deepEqual([outputs["jwtValidationPubkeys"], outputs["accessor"]], [["key"], "auth_jwt_1"]);
      const { detailed } = await provider.resource(BACKEND).diff({
        ...request(BACKEND),
        id,
        oldInputs: inputs,
        oldOutputs: outputs,
        newInputs: inputs,
        ignoreChanges: [],
      });
      assert.deepEqual(detailed, {});
    }));

  it("gets other keys where it is", () =>
    withVault(mounted, async (provider, seen) => {
      const newInputs = { ...inputs, jwtValidationPubkeys: ["key", "next"] };
      const common = { ...request(BACKEND), id: "edge", oldInputs: inputs, oldOutputs: inputs, ignoreChanges: [] };
      const { detailed } = await provider.resource(BACKEND).diff({ ...common, newInputs });
      assert.deepEqual(
        [...new Set(Object.values(detailed).map(({ kind }) => kind))].filter((kind) => kind.includes("replace")),
        [],
      );
      await provider.resource(BACKEND).update({ ...common, newInputs, ...creation });
      assert.deepEqual(
        seen.filter(({ method }) => method === "PUT").map(({ url, body }) => [url, body]),
        [["/v1/auth/edge/config", { jwt_validation_pubkeys: ["key", "next"], bound_issuer: "https://issuer.example" }]],
      );
    }));

  it("has roles, which are read back without a change", () => {
    const role = { role_type: "jwt", bound_audiences: ["vault"], bound_subject: "system:a", user_claim: "sub" };
    const program = {
      backend: "edge",
      roleName: "shop",
      roleType: "jwt",
      boundAudiences: ["vault"],
      boundSubject: "system:a",
      userClaim: "sub",
      tokenPolicies: ["shop"],
      tokenTtl: 600,
    };
    const answer = { ...role, token_policies: ["shop"], token_ttl: 600, token_type: "default" };
    return withVault(
      { "PUT /v1/auth/edge/role/shop": [204, undefined], "GET /v1/auth/edge/role/shop": [200, { data: answer }] },
      async (provider, seen) => {
        const { id, outputs } = await provider
          .resource(ROLE)
          .create({ ...request(ROLE), inputs: program, ...creation });
        assert.equal(id, "auth/edge/role/shop");
        assert.deepEqual(seen[0]?.body, { ...role, token_policies: ["shop"], token_ttl: 600 });
        const { detailed } = await provider.resource(ROLE).diff({
          ...request(ROLE),
          id,
          oldInputs: program,
          oldOutputs: outputs,
          newInputs: program,
          ignoreChanges: [],
        });
        assert.deepEqual(detailed, {});
      },
    );
  });
});
