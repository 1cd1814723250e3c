import assert from "node:assert/strict";
import { isSecret } from "@pulumi/pulumi";
import { readState } from "../../../stacks/deploy/state.ts";
import { failureOf, runProgram } from "../../support/mocks.ts";

const urn =
  "urn:pulumi:sandbox::multicloud-secrets::secrets:applications:ApplicationSecrets$vault:kv/secretV2:SecretV2::shop/db/vault";

// The engine's answer on a backend of the layout before projects (pulumi 3.259, backend/diy/store.go: legacyReferenceStore).
const withoutProjects =
  "invocation of pulumi:pulumi:readStackResourceOutputs returned an error: a stack name may only contain alphanumeric, hyphens, underscores, or periods: invalid character '/' at position 4";

describe("reading the stack's own state", () => {
  it("asks for the running stack, and gives nothing for an empty or lost state", async () => {
    const run = await runProgram(readState, { stack: "sandbox" });
    assert.deepEqual(run.result, []);
    assert.deepEqual(run.calls, [
      {
        token: "pulumi:pulumi:readStackResourceOutputs",
        provider: "",
        inputs: { stackName: "acme/multicloud-secrets/sandbox" },
      },
    ]);
  });

  it("asks by the short name where the backend knows no other: state of the layout before projects", async () => {
    const asked: string[] = [];
    const answer = (stackName: string) => {
      asked.push(stackName);
      if (stackName.includes("/")) throw new Error(withoutProjects);
      return { [urn]: { type: "vault:kv/secretV2:SecretV2" } };
    };
    const { result } = await runProgram(readState, { stack: "sandbox", stateOf: answer });
    assert.equal(result[0]?.urn, urn);
    assert.deepEqual(asked, ["acme/multicloud-secrets/sandbox", "sandbox"]);
  });

  it("never takes a state that can't be read for an empty one, nor asks for another", async () => {
    for (const problem of ['unknown stack "acme/multicloud-secrets/sandbox"', "failed to load checkpoint: timeout"]) {
      const asked: string[] = [];
      const answer = (stackName: string) => {
        asked.push(stackName);
        throw new Error(problem);
      };
      assert.equal(
        await failureOf(readState, { stack: "sandbox", stateOf: answer }),
        `The state of stack acme/multicloud-secrets/sandbox can't be read: ${problem}. Nothing was changed.\n` +
          "    fix: pulumi stack export --stack acme/multicloud-secrets/sandbox --file /dev/null must succeed",
      );
      assert.equal(asked.length, 1);
    }
  });

  it("never takes another stack's state for its own", async () => {
    for (const other of ["urn:pulumi:dev::multicloud-secrets::t::a", "urn:pulumi:sandbox::other::t::a"]) {
      assert.equal(
        await failureOf(readState, { stack: "sandbox", state: { [urn]: { type: "t" }, [other]: { type: "t" } } }),
        `The state of stack acme/multicloud-secrets/sandbox contains resources of another stack: ${other}. Nothing was changed.\n` +
          "    fix: for a renamed stack or project: pulumi stack rename, which renames them as well",
      );
    }
  });

  it("knows the name of a Secret, which its resource need not share", async () => {
    const type = "kubernetes:core/v1:Secret";
    const secretUrn = `urn:pulumi:sandbox::multicloud-secrets::${type}::main/shop/credentials`;
    const outputs = { metadata: { name: "secrets-reader-credentials", namespace: "shop" } };
    const { result } = await runProgram(readState, { state: { [secretUrn]: { type, outputs } } });
    assert.equal(result[0]?.objectName, "secrets-reader-credentials");
  });

  it("knows the type of Secret that a resource makes or asks for, where it names one", async () => {
    const external = "kubernetes:external-secrets.io/v1:ExternalSecret";
    const asking = (template: object) => ({ spec: { target: { name: "a", template } } });
    const state = {
      "urn:pulumi:sandbox::multicloud-secrets::t::a": {
        type: "kubernetes:core/v1:Secret",
        outputs: { type: "kubernetes.io/tls" },
      },
      "urn:pulumi:sandbox::multicloud-secrets::t::b": {
        type: "kubernetes:core/v1:SecretPatch",
        outputs: { type: "Opaque" },
      },
      "urn:pulumi:sandbox::multicloud-secrets::t::c": { type: external, outputs: asking({ type: "example.com/a" }) },
      "urn:pulumi:sandbox::multicloud-secrets::t::d": { type: external, outputs: asking({ metadata: {} }) },
      "urn:pulumi:sandbox::multicloud-secrets::t::e": { type: external, outputs: { spec: { target: {} } } },
      "urn:pulumi:sandbox::multicloud-secrets::t::f": { type: "kubernetes:core/v1:Service", outputs: { type: "a" } },
      "urn:pulumi:sandbox::multicloud-secrets::t::g": { type: "kubernetes:core/v1:Secret" },
    };
    const { result } = await runProgram(readState, { state });
    assert.deepEqual(
      result.map(({ secretType }) => secretType),
      ["kubernetes.io/tls", "Opaque", "example.com/a", undefined, undefined, undefined, undefined],
    );
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

  it("knows which keys wait for a Secret to merge into, and what was asked for in vain", async () => {
    const outputs = (reason: string, status = "True") => ({
      metadata: { annotations: { "force-sync": "1.2" } },
      status: { conditions: [{ type: "Ready", status, reason }] },
    });
    const external = "kubernetes:external-secrets.io/v1:ExternalSecret";
    const state = {
      "urn:pulumi:sandbox::multicloud-secrets::t::a": { type: external, outputs: outputs("SecretMissing") },
      "urn:pulumi:sandbox::multicloud-secrets::t::b": { type: external, outputs: outputs("SecretSynced") },
      "urn:pulumi:sandbox::multicloud-secrets::t::c": { type: external, outputs: outputs("SecretMissing", "False") },
      "urn:pulumi:sandbox::multicloud-secrets::t::d": {
        type: "kubernetes:external-secrets.io/v1:SecretStore",
        outputs: outputs("SecretMissing"),
      },
    };
    const { result } = await runProgram(readState, { state });
    assert.deepEqual(
      result.map(({ unmerged }) => unmerged),
      ["1.2", undefined, undefined, undefined],
    );
  });

  it("knows which provider a store has", async () => {
    const spec = { provider: { aws: { service: "ParameterStore" } } };
    const kinds = ["SecretStore", "ClusterSecretStore", "ExternalSecret"];
    const state = Object.fromEntries(
      kinds.map((kind) => [
        `urn:pulumi:sandbox::multicloud-secrets::t::${kind}`,
        { type: `kubernetes:external-secrets.io/v1:${kind}`, outputs: { spec } },
      ]),
    );
    const { result } = await runProgram(readState, { state });
    assert.deepEqual(Object.fromEntries(result.map(({ name, storeProvider }) => [name, storeProvider])), {
      SecretStore: "aws",
      ClusterSecretStore: "aws",
      ExternalSecret: undefined,
    });
  });

  it("knows which objects of the operator said that they are Ready", async () => {
    const outputs = (type: string, status: string) => ({ status: { conditions: [{ type, status }] } });
    const state = {
      "urn:pulumi:sandbox::multicloud-secrets::t::a": { type: "t", outputs: outputs("Ready", "True") },
      "urn:pulumi:sandbox::multicloud-secrets::t::b": { type: "t", outputs: outputs("Ready", "False") },
      "urn:pulumi:sandbox::multicloud-secrets::t::c": { type: "t", outputs: outputs("Synced", "True") },
      "urn:pulumi:sandbox::multicloud-secrets::t::d": { type: "t", outputs: {} },
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
    const { result } = await runProgram(readState, {
      state: { "urn:pulumi:sandbox::multicloud-secrets::t::a::b": { type: "t" } },
    });
    assert.equal(result[0]?.name, "a::b");
  });

  it("takes a resource without outputs, and a path that is no text, as having no name", async () => {
    const state = {
      "urn:pulumi:sandbox::multicloud-secrets::t::a": { type: "t" },
      "urn:pulumi:sandbox::multicloud-secrets::t::b": { type: "t", outputs: { path: 7 } },
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
