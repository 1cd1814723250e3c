import assert from "node:assert/strict";
import { SILENT } from "../../support/engine.ts";
import type { ResourceHandler } from "../../support/provider.ts";
import { type PropertyMap, reveal, Secret } from "../../support/values.ts";
import { vaultProvider } from "../../vault/provider.ts";
import { type Answers, type Seen, vaultServer } from "./server.ts";

const type = "vault:kv/secretV2:SecretV2";
const request = {
  urn: `urn:pulumi:s::p::${type}::n`,
  type,
  name: "n",
  log: SILENT,
  signal: new AbortController().signal,
};
const canary = "value-5d1f";
const inputs: PropertyMap = {
  mount: "kv",
  name: "app/db",
  dataJsonWo: new Secret(`{"password":"${canary}"}`),
  dataJsonWoVersion: new Secret(7),
};
const answers: Answers = {
  "PUT /v1/kv/data/app/db": [200, { data: { version: 1 } }],
  "GET /v1/kv/data/app/db": [200, { data: { data: { password: canary }, metadata: { version: 1 } } }],
};

async function withSecret<Result>(
  known: Answers,
  use: (resource: ResourceHandler, seen: Seen[]) => Promise<Result>,
): Promise<Result> {
  const server = await vaultServer(known);
  try {
    const provider = vaultProvider();
    await provider.configure({ address: server.address, token: new Secret("root"), skipChildToken: "true" });
    return await use(provider.resource(type), server.seen);
  } finally {
    await server.stop();
  }
}

const create = (resource: ResourceHandler) =>
  resource.create({ ...request, inputs, timeoutSeconds: 0, preview: false });
const diff = async (resource: ResourceHandler, oldOutputs: PropertyMap, newInputs: PropertyMap) =>
  (await resource.diff({ ...request, id: "x", oldInputs: {}, ignoreChanges: [], oldOutputs, newInputs })).detailed;

describe("a write-only value in the vault stand-in", () => {
  it("is sent, and kept among no outputs, neither as sent nor as read", () =>
    withSecret(answers, async (resource, seen) => {
      const { outputs } = await create(resource);
      assert.deepEqual(seen[0]?.body, { data: { password: canary } });
      const plain = Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, reveal(value ?? null)]));
      assert.ok(!JSON.stringify(plain).includes(canary));
      assert.deepEqual([plain["data"], plain["dataJsonWoVersion"]], [{}, 7]);
      assert.deepEqual(plain["metadata"], { version: "1" });
    }));

  it("stays out of the outputs when they are read again, and in the inputs", () =>
    withSecret(answers, async (resource) => {
      const { id, outputs } = await create(resource);
      const read = await resource.read({ ...request, id, oldInputs: inputs, oldOutputs: outputs });
      assert.deepEqual(Object.keys(read?.outputs ?? {}).sort(), Object.keys(outputs).sort());
      assert.deepEqual(reveal(read?.outputs["data"] ?? null), {});
      assert.deepEqual(reveal(read?.inputs?.["dataJsonWo"] ?? null), `{"password":"${canary}"}`);
    }));

  it("is written when its number moves, and never compared itself", () =>
    withSecret(answers, async (resource) => {
      const { outputs } = await create(resource);
      assert.deepEqual(await diff(resource, outputs, inputs), {});
      assert.deepEqual(await diff(resource, outputs, { ...inputs, dataJsonWo: new Secret('{"password":"b"}') }), {});
      assert.deepEqual(Object.keys(await diff(resource, outputs, { ...inputs, dataJsonWoVersion: 8 })), [
        "dataJsonWoVersion",
      ]);
    }));

  it("takes the place of a plain one, which is an update", () =>
    withSecret({}, async (resource) => {
      const old = { mount: "kv", name: "app/db", dataJson: new Secret('{"password":"a"}') };
      assert.deepEqual(Object.keys(await diff(resource, old, inputs)).sort(), ["dataJson", "dataJsonWoVersion"]);
    }));

  it("needs its number, and no plain value beside it", () =>
    withSecret({}, async (resource) => {
      const failures = async (newInputs: PropertyMap) =>
        (await resource.check({ ...request, newInputs, oldInputs: {}, randomSeed: Buffer.alloc(0) })).failures?.map(
          ({ reason }) => reason,
        );
      const { dataJsonWoVersion: _, ...without } = inputs;
      assert.deepEqual(await failures(inputs), []);
      assert.deepEqual(await failures(without), [
        "dataJsonWo needs dataJsonWoVersion: a change of it is how Vault gets the new value",
      ]);
      assert.deepEqual(await failures({ ...inputs, dataJson: "{}" }), [
        "exactly one of dataJson and dataJsonWo must be set",
      ]);
    }));
});
