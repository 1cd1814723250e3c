import assert from "node:assert/strict";
import { applicationSecrets } from "../support/cluster.ts";
import { open, succeed } from "../support/stacks.ts";
import { kvVersions, policyText, readKv } from "../support/vault.ts";
import { delivered, deployGenerated, generator, namespace, path, stack } from "./scene.ts";

describe("a secret that the cluster generates", () => {
  let first: Readonly<Record<string, string>>;

  before(async () => {
    assert.deepEqual(await deployGenerated(), []);
    first = await delivered();
  });

  it("follows its recipes; Vault holds what the application gets, in one version", async () => {
    const values = (await applicationSecrets([namespace])).get(`${namespace}/db`) ?? {};
    assert.deepEqual(Object.keys(values).sort(), ["id", "other-password", "password", "token", "uri", "username"]);
    assert.equal(values["username"], "user");
    assert.match(values["password"] ?? "", /^(?=.*[a-z])(?=.*[A-Z])(?=(.*[0-9]){8})[a-zA-Z0-9]{32}$/);
    assert.match(values["other-password"] ?? "", /^(?=(.*[-_.~]){4})[a-zA-Z0-9._~-]{32}$/);
    assert.match(values["token"] ?? "", /^[0-9a-f]{64}$/);
    assert.match(values["id"] ?? "", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(values["uri"], `db://user:${values["other-password"] ?? ""}@host`);
    assert.deepEqual({ ...(await readKv(path)) }, values);
    assert.equal((await kvVersions())[path], 1);
  });

  it("is nowhere in the state", async () => {
    // Decrypted: the Automation API exports with `--show-secrets`, and keeps no transcript.
    const state = JSON.stringify(await (await open(stack)).exportStack());
    const of = async (name: string) => (await applicationSecrets([namespace])).get(`${namespace}/${name}`) ?? {};
    const { username: _, ...values } = await of("db");
    assert.deepEqual(
      Object.entries(values).flatMap(([key, value]) => (state.includes(value) ? [key] : [])),
      [],
    );
    // What is made here is: the state was looked at.
    assert.ok(state.includes((await of("made"))["password"] ?? "?"));
  });

  it("is written by an identity that may write this secret alone", async () => {
    assert.equal(
      await policyText(`mlops-platform.generated.local.${generator}.writer`),
      [
        `path "secret/data/${path}" {\n  capabilities = ["read", "update"]\n}\n`,
        `path "secret/metadata/${path}" {\n  capabilities = ["create", "update"]\n}\n`,
      ].join("\n"),
    );
  });

  it("is not changed by a second up, nor by one that refreshes", async () => {
    for (const refresh of [false, true]) {
      const { changes, warnings } = await succeed("up", stack, { refresh });
      assert.deepEqual([changes, warnings], [{}, []]);
    }
    assert.deepEqual(await delivered(), first);
  });
});
