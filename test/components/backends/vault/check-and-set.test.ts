import assert from "node:assert/strict";
import { secret } from "@pulumi/pulumi";
import { openStore } from "../../../../components/backends/index.ts";
import { foundNames } from "../../../../components/backends/survey.ts";
import { optionsOver } from "../../../../components/backends/vault/check-and-set.ts";
import type { VaultKvSpec } from "../../../../components/backends/vault/kv.ts";
import { readState } from "../../../../stacks/deploy/state.ts";
import { runProgram, type RunOptions } from "../../../support/mocks.ts";
import { SecretInput } from "../../../support/recording.ts";
import { vaultKv } from "../rows/vault-kv.ts";

const spec: VaultKvSpec = { ...(vaultKv.spec as VaultKvSpec), checkAndSet: true };
const wanted = { maxVersions: 10, casRequired: true, data: { stack: "dev" } };
const state = {
  dataJson: '{"a":"1","b":"2"}',
  deleteAllVersions: true,
  options: { cas: "3" },
  metadata: { version: "4" },
  customMetadata: { maxVersions: 10, casRequired: true, deleteVersionAfter: 0, data: { stack: "dev" } },
};

describe("check and set", () => {
  it("leaves alone what is not written: another number alone would make a version", () => {
    assert.deepEqual(optionsOver(state, '{"b":"2","a":"1"}', wanted), { cas: "3" });
    const { options: _, ...without } = state;
    assert.equal(optionsOver(without, '{"a":"1","b":"2"}', wanted), undefined);
  });

  it("names the version that was written last, for another value or other metadata", () => {
    const last = { cas: "4" };
    assert.deepEqual(optionsOver(state, '{"a":"1","b":"3"}', wanted), last);
    assert.deepEqual(optionsOver(state, state.dataJson, { ...wanted, maxVersions: 5 }), last);
    assert.deepEqual(optionsOver(state, state.dataJson, { ...wanted, data: { stack: "prod" } }), last);
    const off = { ...state, customMetadata: { maxVersions: 10, data: { stack: "dev" } } };
    assert.deepEqual(optionsOver(off, state.dataJson, wanted), last);
    assert.deepEqual(optionsOver({ ...state, deleteAllVersions: false }, state.dataJson, wanted), last);
  });

  const run = async (payload: string, adopt: boolean, options: RunOptions = {}) => {
    const { resources, ...rest } = await runProgram(async () => {
      const session = await openStore({ spec, secretConfig: () => undefined, options: {} });
      const object = { name: "acme-dev/shop/db", layout: "bundle", keys: ["a"] } as const;
      const survey = { owned: session.owned(await readState()), untracked: foundNames(adopt ? [object.name] : []) };
      return session.prepare(survey).put("shop/db/main", {
        object,
        payload: secret(payload),
        owner: {},
        retain: false,
        options: {},
      });
    }, options);
    const { inputs, options: told } = resources.find("vault:kv/secretV2:SecretV2", "shop/db/main");
    return { ...rest, inputs, options: told };
  };

  it("writes a new object only where there is none, and lets Vault refuse who names no version", async () => {
    const { inputs } = await run('{"a":"1"}', false);
    assert.deepEqual(inputs["options"], { cas: "0" });
    assert.deepEqual(inputs["customMetadata"], { maxVersions: 10, casRequired: true, data: {} });
  });

  it("changes its input exactly when it writes", async () => {
    const first = await run('{"a":"1"}', false);
    const same = await run('{"a":"1"}', false, { vault: first.vault, state: first.state });
    assert.deepEqual(same.inputs["options"], new SecretInput({ cas: "0" }));
    const moved = await run('{"a":"2"}', false, { vault: first.vault, state: first.state });
    assert.deepEqual(moved.inputs["options"], new SecretInput({ cas: "1" }));
  });

  it("imports what it takes over, as it is: no function of the provider tells its version", async () => {
    const { options } = await run('{"a":"1"}', true);
    assert.equal(options.importId, "secret/data/acme-dev/shop/db");
    for (const key of ["customMetadata", "dataJson", "deleteAllVersions", "options"]) {
      assert.ok(options.ignoreChanges.includes(key), key);
    }
    assert.equal((await run('{"a":"1"}', false)).options.importId, "");
  });
});
