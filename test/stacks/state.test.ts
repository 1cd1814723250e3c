import assert from "node:assert/strict";
import { isSecret } from "@pulumi/pulumi";
import { readState } from "../../stacks/state.ts";
import { runProgram } from "../support/mocks.ts";

const urn =
  "urn:pulumi:sandbox::multicloud-secrets::secrets:applications:ApplicationSecrets$vault:kv/secretV2:SecretV2::shop/db/vault";

describe("reading the stack's own state", () => {
  it("asks for the running stack, and gives nothing for an empty or lost state", async () => {
    const run = await runProgram(readState, { stack: "sandbox" });
    assert.deepEqual(run.result, []);
    assert.deepEqual(run.calls, [
      { token: "pulumi:pulumi:readStackResourceOutputs", provider: "", inputs: { stackName: "sandbox" } },
    ]);
  });

  it("knows each resource by type, name and path", async () => {
    const state = { [urn]: { type: "vault:kv/secretV2:SecretV2", outputs: { path: "secret/data/acme-test/shop/db" } } };
    const { result } = await runProgram(readState, { state });
    const [{ outputs: _, ...resource } = assert.fail("nothing was read")] = result;
    assert.deepEqual(resource, {
      urn,
      type: "vault:kv/secretV2:SecretV2",
      name: "shop/db/vault",
      names: { path: "secret/data/acme-test/shop/db" },
    });
  });

  it("knows which objects of the operator said that they are Ready", async () => {
    const outputs = (type: string, status: string) => ({ status: { conditions: [{ type, status }] } });
    const state = {
      "urn:pulumi:s::p::t::a": { type: "t", outputs: outputs("Ready", "True") },
      "urn:pulumi:s::p::t::b": { type: "t", outputs: outputs("Ready", "False") },
      "urn:pulumi:s::p::t::c": { type: "t", outputs: outputs("Synced", "True") },
      "urn:pulumi:s::p::t::d": { type: "t", outputs: {} },
    };
    const { result } = await runProgram(readState, { state });
    assert.deepEqual(
      result.map(({ ready }) => ready),
      [true, undefined, undefined, undefined],
    );
  });

  it("knows what writes keys into an object that somebody else owns", async () => {
    const external = "kubernetes:external-secrets.io/v1:ExternalSecret";
    const outputs = (creationPolicy: string) => ({ spec: { target: { name: "a", creationPolicy } } });
    const state = {
      "urn:pulumi:sandbox::multicloud-secrets::t::a": { type: external, outputs: outputs("Merge") },
      "urn:pulumi:sandbox::multicloud-secrets::t::b": { type: external, outputs: outputs("Owner") },
      "urn:pulumi:sandbox::multicloud-secrets::t::c": { type: external, outputs: outputs("Orphan") },
      "urn:pulumi:sandbox::multicloud-secrets::t::d": { type: external },
      "urn:pulumi:sandbox::multicloud-secrets::t::e": { type: "kubernetes:core/v1:SecretPatch", outputs: {} },
      "urn:pulumi:sandbox::multicloud-secrets::t::f": { type: "kubernetes:core/v1:Secret", outputs: {} },
    };
    const { result } = await runProgram(readState, { state });
    assert.deepEqual(
      result.map(({ merges }) => merges),
      [true, undefined, undefined, undefined, true, undefined],
    );
  });

  it("keeps a name that holds the separator of URNs", async () => {
    const { result } = await runProgram(readState, { state: { "urn:pulumi:s::p::t::a::b": { type: "t" } } });
    assert.equal(result[0]?.name, "a::b");
  });

  it("takes a resource without outputs, and a path that is no text, as having no name", async () => {
    const state = {
      "urn:pulumi:s::p::t::a": { type: "t" },
      "urn:pulumi:s::p::t::b": { type: "t", outputs: { path: 7 } },
    };
    const { result } = await runProgram(readState, { state });
    assert.deepEqual(
      result.map(({ names }) => names),
      [{}, {}],
    );
  });

  it("marks the outputs as secret, and those alone", async () => {
    const state = { [urn]: { type: "vault:kv/secretV2:SecretV2", outputs: { dataJson: '{"password":"hidden"}' } } };
    const { result } = await runProgram(
      async () => {
        const [resource = assert.fail("nothing was read")] = await readState();
        const { outputs, ...rest } = resource;
        return { secret: await isSecret(outputs), rest: JSON.stringify(rest) };
      },
      { state },
    );
    assert.equal(result.secret, true);
    assert.ok(!result.rest.includes("hidden"), result.rest);
  });
});
