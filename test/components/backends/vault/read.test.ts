import assert from "node:assert/strict";
import { isSecret, secret, type Output } from "@pulumi/pulumi";
import type { PreparedStore } from "../../../../components/backends/session.ts";
import { openStore } from "../../../../components/backends/index.ts";
import { FakeVault, type Values } from "../../../support/fake-vault.ts";
import { failureOf, runProgram } from "../../../support/mocks.ts";
import { prepared, readable } from "../../../support/surveys.ts";
import { vaultKv } from "../rows/vault-kv.ts";

const name = "acme-dev/shop/db";
const object = { name, layout: "bundle", keys: ["a"] } as const;
const held = (values: Values = { a: "value-5d1f" }) => {
  const vault = new FakeVault();
  vault.write(`secret/${name}`, values);
  return vault;
};
const open = () => openStore({ spec: vaultKv.spec, secretConfig: () => undefined, options: {} });
const valueOf = <T>(from: Output<T>) => new Promise<T>((resolve) => from.apply((value) => resolve(value)));

describe("what a Vault holds", () => {
  const read = async () => valueOf((await readable(open()))(name));

  it("is read by a function that is not deprecated, in the engine of the store, by its own provider", async () => {
    const { result, calls } = await runProgram(read, { vault: held() });
    assert.equal(result, '{"a":"value-5d1f"}');
    const token = "vault:generic/getSecret:getSecret";
    assert.deepEqual(calls, [{ token, provider: "main", inputs: { path: `secret/${name}` } }]);
  });

  it("is nothing where the newest version was deleted: the envelope around it is no value", async () => {
    const vault = held();
    vault.deleteVersion(`secret/${name}`);
    assert.equal((await runProgram(read, { vault })).result, undefined);
  });

  it("is a value where it only looks like an envelope", async () => {
    for (const values of [{ data: "null" }, { data: "null", metadata: "{}" }, { data: "x", metadata: "y" }]) {
      assert.equal((await runProgram(read, { vault: held(values) })).result, JSON.stringify(values));
    }
  });

  const unreadable = (problem: string) =>
    `stores.main: reading "${name}" in Vault at https://vault.example:8200 (mount secret) failed: ${problem}.` +
    "\n    fix: check that the token may read it (vault token capabilities secret/data/acme-dev/shop/db): " +
    "the provider reports a missing right as a missing secret";
  const fail = async () => (await readable(open()))(name);

  it("is refused where the provider finds nothing, which may be a missing right", async () => {
    assert.equal(await failureOf(fail), unreadable(`invocation of vault failed: no secret found at "secret/${name}"`));
  });

  it("is refused where the answer has no value in it: nobody may take that for an empty one", async () => {
    const answers = { "vault:generic/getSecret:getSecret": () => ({ data: {}, dataJson: "null" }) };
    const problem = "the answer has no value: the mount may not be a KV engine of version 2";
    assert.equal(await failureOf(fail, { answers }), unreadable(problem));
  });
});

describe("a reference to somebody else's secret in a Vault", () => {
  const refer = (store: PreparedStore, key = "key-8c41") =>
    store.reference("shop/db/theirs", object, () => secret(key));
  const version = async (values: Values, key?: string) => {
    const run = async () => {
      const found = refer(await prepared(open()), key).version;
      assert.equal(await isSecret(found), false);
      return valueOf(found);
    };
    return (await runProgram(run, { vault: held(values) })).result;
  };

  it("has a version that moves exactly when the value does, and tells nothing of it without the secret's key", async () => {
    const first = await version({ a: "1", b: "2" });
    assert.match(first, /^[1-9][0-9]{0,9}$/);
    assert.equal(await version({ b: "2", a: "1" }), first);
    assert.notEqual(await version({ a: "1", b: "3" }), first);
    assert.notEqual(await version({ a: "1", b: "2" }, "another"), first);
  });

  it("is refused where its newest version was deleted, with the way to have it back", async () => {
    const vault = held();
    vault.deleteVersion(`secret/${name}`);
    assert.equal(
      await failureOf(async () => refer(await prepared(open())), { vault }),
      `stores.main: the newest version of "${name}" in Vault at https://vault.example:8200 (mount secret) is deleted.` +
        "\n    fix: vault kv undelete -mount=secret -versions=<version> acme-dev/shop/db " +
        "(vault kv metadata get -mount=secret acme-dev/shop/db lists them)",
    );
  });
});
