import assert from "node:assert/strict";
import { secret, type Output } from "@pulumi/pulumi";
import { openStore } from "../../../../components/backends/index.ts";
import type { VaultKvSpec } from "../../../../components/backends/vault/kv.ts";
import { StoreError } from "../../../../components/support/messages/errors.ts";
import { FakeVault } from "../../../support/fake-vault.ts";
import { stateResource } from "../../../support/fixtures.ts";
import { runFailing, runProgram } from "../../../support/mocks.ts";
import { prepared } from "../../../support/surveys.ts";
import { vaultSpec } from "../../../support/vault-spec.ts";
import { SecretInput } from "../../../support/recording.ts";

const spec: VaultKvSpec = { ...vaultSpec, name: "main" };

const open = (
  changes: Partial<VaultKvSpec> = {},
  secretConfig: (key: string) => Output<string> | undefined = () => undefined,
) => openStore({ spec: { ...spec, ...changes }, secretConfig, options: {} });

describe("Vault backend", () => {
  it("reaches Vault as the program does, with the deployer's token as a secret", async () => {
    const { resources } = await runProgram(() =>
      open({ namespace: "team" }, (key) => (key === "vaultToken" ? secret("token-5d1f") : assert.fail(key))),
    );
    assert.deepEqual(resources.contents, ["pulumi:providers:vault main"]);
    const { inputs } = resources.find("pulumi:providers:vault", "main");
    assert.deepEqual(
      [inputs["address"], inputs["namespace"], inputs["token"]],
      ["https://vault.example:8200", "team", new SecretInput("token-5d1f")],
    );
  });

  it("works with a child of that token which outlives the longest run, whatever the environment says", async () => {
    const before = process.env["TERRAFORM_VAULT_MAX_TTL"];
    process.env["TERRAFORM_VAULT_MAX_TTL"] = "60";
    try {
      const { inputs } = (await runProgram(() => open())).resources.find("pulumi:providers:vault", "main");
      assert.equal(inputs["maxLeaseTtlSeconds"], "7200");
    } finally {
      if (before === undefined) delete process.env["TERRAFORM_VAULT_MAX_TTL"];
      else process.env["TERRAFORM_VAULT_MAX_TTL"] = before;
    }
  });

  it("leaves token and Vault namespace out where none is set", async () => {
    const { inputs } = (await runProgram(() => open())).resources.find("pulumi:providers:vault", "main");
    assert.deepEqual(["namespace" in inputs, "token" in inputs], [false, false]);
  });

  it("writes one versioned object, which goes with all its versions and is never there twice", async () => {
    const { resources } = await runProgram(async () =>
      (await prepared(open())).put("shop/db/main", {
        object: { name: "acme-dev/shop/db", layout: "bundle", keys: ["a"] },
        payload: secret('{"a":"value-5d1f"}'),
        owner: { "managed-by": "pulumi", stack: "dev" },
        retain: false,
        options: {},
      }),
    );
    const { inputs, options, provider } = resources.find("vault:kv/secretV2:SecretV2", "shop/db/main");
    assert.deepEqual(inputs, {
      mount: "secret",
      name: "acme-dev/shop/db",
      dataJson: new SecretInput('{"a":"value-5d1f"}'),
      deleteAllVersions: true,
      customMetadata: { maxVersions: 10, data: { "managed-by": "pulumi", stack: "dev" } },
    });
    assert.deepEqual([options.retainOnDelete, options.ignoreChanges], [false, []]);
    assert.deepEqual(options.additionalSecretOutputs, ["data", "dataJson", "dataJsonWo"]);
    assert.equal(provider, "main");
  });

  it("deletes an old object first only where the new one lies at its path", async () => {
    const first = async (path?: string) => {
      const type = "vault:kv/secretV2:SecretV2";
      const { resources } = await runProgram(async () => {
        const state = path === undefined ? [] : [stateResource({ name: "shop/db/main", type, names: { path } })];
        (await prepared(open(), { state })).put("shop/db/main", {
          object: { name: "acme-dev/shop/db", layout: "bundle", keys: ["a"] },
          payload: secret('{"a":"value-5d1f"}'),
          owner: {},
          retain: false,
          options: {},
        });
      });
      return resources.find(type, "shop/db/main").options.deleteBeforeReplace;
    };
    assert.equal(await first("secret/data/acme-dev/shop/db"), true);
    assert.equal(await first("before/data/acme-dev/shop/db"), false);
    assert.equal(await first(), false);
  });

  it("asks once a folder for names, by its own provider", async () => {
    const names = ["acme-dev/shop/db", "acme-dev/shop/api", "acme-dev/till/db"];
    const { calls } = await runProgram(async () => (await open()).existing(names));
    assert.deepEqual(calls, [
      {
        token: "vault:kv/getSecretsListV2:getSecretsListV2",
        provider: "main",
        inputs: { mount: "secret", name: "acme-dev/shop" },
      },
      {
        token: "vault:kv/getSecretsListV2:getSecretsListV2",
        provider: "main",
        inputs: { mount: "secret", name: "acme-dev/till" },
      },
    ]);
  });

  it("does not take a folder for a secret of its name", async () => {
    const vault = new FakeVault();
    vault.write("secret/acme-dev/shop/db/old", { a: "1" });
    const { result } = await runProgram(async () => (await open()).existing(["acme-dev/shop/db"]), { vault });
    assert.deepEqual([...result.keys()], []);
  });

  it("rejects a Vault that does not answer, with what it said and what to check, and writes nothing", async () => {
    const denied = () => {
      throw new Error("Error making API request. Code: 403. Errors: * permission denied");
    };
    const { errors, resources } = await runFailing(async () => (await open()).existing(["acme-dev/shop/db"]), {
      answers: { "vault:kv/getSecretsListV2:getSecretsListV2": denied },
    });
    const [error] = errors;
    assert.ok(error instanceof StoreError);
    assert.equal(
      error.message,
      "stores.main: listing names in Vault at https://vault.example:8200 (mount secret) failed: " +
        "Error making API request. Code: 403. Errors: * permission denied.\n" +
        "    fix: check the address, that the mount exists, and that the token may list metadata " +
        "(VAULT_TOKEN, or pulumi config set --secret vaultToken)",
    );
    resources.assertNone("vault:kv/secretV2:SecretV2");
  });
});
