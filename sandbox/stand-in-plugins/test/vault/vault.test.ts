import assert from "node:assert/strict";
import { SILENT } from "../../support/engine.ts";
import { type PropertyMap, reveal, Secret, textOf, Unknown } from "../../support/values.ts";
import { VaultClient, VaultError } from "../../vault/client.ts";
import { parseConfig } from "../../vault/config.ts";
import { vaultProvider } from "../../vault/provider.ts";
import { type Answers, vaultServer, withVault } from "./server.ts";

const SECRET = "vault:kv/secretV2:SecretV2";
const ROLE = "vault:kubernetes/authBackendRole:AuthBackendRole";
const signal = new AbortController().signal;
const request = (type: string) => ({ urn: `urn:pulumi:s::p::${type}::n`, type, name: "n", log: SILENT, signal });
const stored = {
  data: { data: { password: "v", n: 1 }, metadata: { version: 3, destroyed: false, custom_metadata: null } },
};
const settings = { data: { max_versions: 0, cas_required: false, delete_version_after: "0s", custom_metadata: null } };
const KV: Answers = {
  "PUT /v1/kv/data/app/db": [200, { data: { version: 3 } }],
  "GET /v1/kv/data/app/db": [200, stored],
  "GET /v1/kv/metadata/app/db": [200, settings],
};

describe("the vault stand-in", () => {
  const inputs = { mount: "kv", name: "app/db", dataJson: new Secret('{"password":"v","n":1}') };
  const create = { ...request(SECRET), inputs, timeoutSeconds: 0, preview: false };

  it("writes an object, reads it back, and keeps its values secret", () =>
    withVault(KV, async (provider, seen) => {
      const { id, outputs } = await provider.resource(SECRET).create(create);
      assert.equal(id, "kv/data/app/db");
      assert.deepEqual(
        seen.map(({ method, url }) => `${method} ${url}`),
        Object.keys(KV),
      );
      assert.deepEqual(seen[0]?.body, { data: { password: "v", n: 1 } });
      assert.ok(outputs["data"] instanceof Secret && outputs["dataJson"] instanceof Secret);
      assert.deepEqual(reveal(outputs["data"]), { password: "v", n: "1" });
      assert.deepEqual(outputs["metadata"], { version: "3", destroyed: "false", custom_metadata: "null" });
      assert.deepEqual(outputs["customMetadata"], { maxVersions: 0, casRequired: false, deleteVersionAfter: 0 });
    }));

  it("asks Vault nothing at preview", () =>
    withVault({}, async (provider) => {
      const { id, outputs } = await provider.resource(SECRET).create({ ...create, preview: true });
      assert.equal(id, "");
      assert.ok(outputs["metadata"] instanceof Unknown);
      assert.equal((outputs["data"] as Secret).value instanceof Unknown, true);
    }));

  it("does not notice a value that was changed by hand, as the official plugin does not", () =>
    withVault(KV, async (provider) => {
      const oldOutputs = { ...inputs, dataJson: new Secret('{"password":"mine"}'), path: "kv/data/app/db" };
      const read = await provider
        .resource(SECRET)
        .read({ ...request(SECRET), id: "kv/data/app/db", oldInputs: inputs, oldOutputs });
      assert.equal(reveal(read?.outputs["dataJson"] ?? null), '{"password":"mine"}');
      assert.deepEqual(reveal(read?.outputs["data"] ?? null), { password: "v", n: "1" });
      const newInputs = { ...inputs, dataJson: new Secret('{ "password": "mine" }') };
      const diff = await provider.resource(SECRET).diff({
        ...{ ...request(SECRET), id: "kv/data/app/db", oldInputs: inputs, ignoreChanges: [] },
        ...{ oldOutputs: read?.outputs ?? {}, newInputs },
      });
      assert.deepEqual(diff.detailed, {});
    }));

  it("takes what was deleted by hand as gone, soft or hard", async () => {
    const soft = [404, { data: { data: null, metadata: { version: 3, deletion_time: "2026-01-01" } } }] as const;
    for (const answer of [soft, [404, { errors: [] }] as const]) {
      await withVault({ "GET /v1/kv/data/app/db": answer }, async (provider) => {
        const read = { ...request(SECRET), id: "kv/data/app/db", oldInputs: inputs, oldOutputs: inputs };
        assert.equal(await provider.resource(SECRET).read(read), undefined);
      });
    }
  });

  it("replaces for another mount or name, updates for other data", () =>
    withVault({}, async (provider) => {
      const kinds = async (change: PropertyMap) => {
        const newInputs = { ...inputs, ...change };
        const common = { ...request(SECRET), id: "x", oldInputs: inputs, oldOutputs: inputs, ignoreChanges: [] };
        const { detailed, deleteBeforeReplace } = await provider.resource(SECRET).diff({ ...common, newInputs });
        return [Object.values(detailed).map(({ kind }) => kind), deleteBeforeReplace];
      };
      assert.deepEqual(await kinds({ name: "other" }), [["update-replace"], false]);
      assert.deepEqual(await kinds({ mount: "other" }), [["update-replace"], true]);
      assert.deepEqual(await kinds({ dataJson: new Secret('{"password":"w"}') }), [["update"], false]);
      assert.deepEqual(await kinds({ customMetadata: { maxVersions: 0 } }), [[], false]);
      assert.deepEqual(await kinds({ customMetadata: { maxVersions: 2 } }), [["add"], false]);
    }));

  it("deletes the last version, or all of it", async () => {
    const remove = (deleteAllVersions: boolean) => ({
      ...{ ...request(SECRET), id: "kv/data/app/db", oldInputs: inputs, timeoutSeconds: 0 },
      oldOutputs: { ...inputs, deleteAllVersions },
    });
    await withVault({ "DELETE /v1/kv/data/app/db": [204, undefined] }, (p) => p.resource(SECRET).delete(remove(false)));
    await withVault({ "DELETE /v1/kv/metadata/app/db": [204, undefined] }, (p) =>
      p.resource(SECRET).delete(remove(true)),
    );
  });

  it("passes Vault's refusal on, without the value", () =>
    withVault({ "PUT /v1/kv/data/app/db": [403, { errors: ["permission denied"] }] }, async (provider) => {
      await assert.rejects(provider.resource(SECRET).create(create), (error: Error) => {
        assert.match(
          error.message,
          /^Error making API request\.\n\nURL: PUT http:.*\/v1\/kv\/data\/app\/db\nCode: 403\. Errors:\n\n\* permission denied$/,
        );
        assert.ok(!error.message.includes("root"));
        return true;
      });
    }));

  it("tries again when the server fails, and not when it refuses", async () => {
    let count = 0;
    const flaky = (): readonly [number, unknown] =>
      ++count === 1 ? [503, { errors: ["sealed"] }] : [200, { data: {} }];
    const server = await vaultServer({ "GET /v1/a": flaky, "GET /v1/b": [403, { errors: ["permission denied"] }] });
    const config = parseConfig({ address: server.address, token: "root", skipChildToken: "true" }, {});
    const client = new VaultClient(config, [1, 2]);
    assert.deepEqual(await client.read("a"), {});
    await assert.rejects(client.read("b"), VaultError);
    await server.stop();
    assert.deepEqual(
      server.seen.map(({ url }) => url),
      ["/v1/a", "/v1/a", "/v1/b"],
    );
  });

  it("sends of a role what the program says, and resets what it no longer says", async () => {
    const path = "/v1/auth/kubernetes/role/app";
    const role = {
      bound_service_account_names: ["a"],
      bound_service_account_namespaces: ["ns"],
      token_ttl: 600,
      alias_name_source: "x",
    };
    const answers = { [`PUT ${path}`]: [204, undefined], [`GET ${path}`]: [200, { data: role }] } as const;
    await withVault(answers, async (provider, seen) => {
      const program = {
        roleName: "app",
        boundServiceAccountNames: ["a"],
        boundServiceAccountNamespaces: ["ns"],
        tokenTtl: 600,
      };
      const { id, outputs } = await provider
        .resource(ROLE)
        .create({ ...request(ROLE), inputs: { ...program, audience: "vault" }, timeoutSeconds: 0, preview: false });
      assert.equal(id, "auth/kubernetes/role/app");
      assert.equal(outputs["aliasNameSource"], "x");
      const common = { ...request(ROLE), id, oldInputs: {}, ignoreChanges: [], timeoutSeconds: 0, preview: false };
      await provider
        .resource(ROLE)
        .update({ ...common, oldOutputs: { ...outputs, audience: "vault" }, newInputs: program });
      const sent = seen
        .filter(({ method }) => method === "PUT")
        .map(({ body }) => (body as { audience?: string }).audience);
      assert.deepEqual(sent, ["vault", ""]);
      const shuffled = { ...program, boundServiceAccountNames: ["a"], boundServiceAccountNamespaces: ["ns"] };
      assert.deepEqual(
        (await provider.resource(ROLE).diff({ ...common, oldOutputs: outputs, newInputs: shuffled })).detailed,
        {},
      );
    });
  });

  it("answers functions in clear, and an error where nothing is stored", () =>
    withVault(
      {
        ...KV,
        "GET /v1/kv/metadata/none?list=true": [404, { errors: [] }],
        "GET /v1/kv/metadata/app?list=true": [200, { data: { keys: ["db", "x/"] } }],
      },
      async (provider) => {
        const call = (token: string, args: PropertyMap) =>
          provider.invoke({ token, args, preview: false, log: SILENT, signal });
        const got = await call("vault:kv/getSecretV2:getSecretV2", { mount: "kv", name: "app/db" });
        assert.deepEqual(got["data"], { password: "v", n: "1" });
        const list = await call("vault:kv/getSecretsListV2:getSecretsListV2", { mount: "kv", name: "app" });
        assert.deepEqual(list["names"], ["db", "x/"]);
        const nothing = call("vault:kv/getSecretsListV2:getSecretsListV2", { mount: "kv", name: "none" });
        await assert.rejects(nothing, /no secrets found at "kv\/metadata\/none"/);
        await assert.rejects(call("vault:index/getRaft:x", {}), /not implemented by the stand-in/);
      },
    ));

  it("works with a child of its token unless told not to", () =>
    withVault(
      { ...KV, "POST /v1/auth/token/create": [200, { auth: { client_token: "child" } }] },
      async (provider, seen) => {
        await provider.resource(SECRET).create(create);
        assert.equal(seen[0]?.url, "/v1/auth/token/create");
        assert.equal((seen[0]?.body as { ttl: string }).ttl, "1200s");
      },
      { skipChildToken: "false" },
    ));

  it("refuses settings that it would ignore", async () => {
    const { failures } = await vaultProvider().checkConfig({ address: "x", authLoginJwt: {}, version: "7.8.0" });
    assert.deepEqual(
      failures?.map(({ property }) => property),
      ["authLoginJwt"],
    );
  });

  it("names what has no name, and keeps the name", async () => {
    const resource = vaultProvider().resource(SECRET);
    const newInputs = { mount: "kv", dataJson: "{}" };
    const check = { ...request(SECRET), newInputs, randomSeed: new Uint8Array() };
    const first = await resource.check({ ...check, oldInputs: {} });
    assert.match(textOf(first.inputs["name"]), /^n-[0-9a-f]{7}$/);
    const second = await resource.check({ ...check, oldInputs: first.inputs });
    assert.equal(second.inputs["name"], first.inputs["name"]);
    const bad = await resource.check({ ...check, newInputs: { ...newInputs, dataJson: "[1]" }, oldInputs: {} });
    assert.deepEqual(
      bad.failures?.map(({ property }) => property),
      ["dataJson"],
    );
  });
});
