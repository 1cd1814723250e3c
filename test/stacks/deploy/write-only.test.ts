import assert from "node:assert/strict";
import { isWriteOnly } from "../../../components/backends/index.ts";
import { environment, refusal, refusalOf, facts } from "../../support/fixtures.ts";
import { up } from "../../support/stack.ts";

const vault = { kind: "vault-kv", address: "https://vault.example:8200", values: "write-only" };
const stores = { vault };
const stash = "pulumi:index:Stash";

describe("facts of a write-only store", () => {
  const aws = { region: "eu-central-1", accountId: "111122223333", values: "write-only" };
  const kinds = {
    vault,
    parameters: { kind: "aws-parameter-store", ...aws },
    secrets: { kind: "aws-secrets-manager", ...aws },
    gcp: { kind: "gcp-secret-manager", project: "acme-secrets", projectNumber: "123456789012", values: "write-only" },
  };

  it("are taken by every kind whose provider has such fields", () => {
    const { stores: specs } = environment({ facts: { ...facts, stores: kinds } });
    assert.deepEqual(
      [...specs].map(([name, spec]) => [name, isWriteOnly(spec)]),
      Object.keys(kinds).map((name) => [name, true]),
    );
  });

  it("leave no trace in the spec of a store whose values are in the state", () => {
    const spec = environment({ facts: { ...facts, stores: { vault: { ...vault, values: "state" } } } }).stores;
    assert.deepEqual(spec, environment().stores);
    assert.ok(![...spec.values()].some((each) => "writeOnly" in each || "values" in each));
  });

  it("are refused by name where the provider has none", () => {
    const azure = {
      kind: "azure-key-vault",
      subscriptionId: "00000000-0000-0000-0000-000000000001",
      tenantId: "00000000-0000-0000-0000-000000000002",
      resourceGroup: "mlops",
      vault: "acme-kv",
      location: "westeurope",
      values: "write-only",
    };
    const plain = { kind: "kubernetes", values: "write-only" };
    assert.equal(
      refusalOf({ facts: { ...facts, stores: { vault: facts.stores.vault, azure, plain } } }),
      refusal(
        2,
        `  stores.azure.values: must be "state" (Pulumi's provider for Azure has no write-only fields)`,
        `  stores.plain.values: must be "state" (Secrets are written directly, and Pulumi's provider for Kubernetes has no write-only fields)`,
      ),
    );
  });
});

describe("a stack with a write-only store", () => {
  it("has one key more for each secret, and no value among its outputs but in the Stash of what is generated", async () => {
    const [plain, run] = [await up(), await up({ facts: { stores } })];
    assert.deepEqual(
      run.resources.names(stash),
      [...plain.resources.names(stash), "shop/db@digest-key", "till/api@digest-key"].sort(),
    );
    const elsewhere = Object.values(run.state).filter(({ type }) => type !== stash);
    const values = run.vault.values.filter((value) => value !== "shop");
    assert.ok(values.length > 0 && values.every((value) => !JSON.stringify(elsewhere).includes(value)));
  });

  it("changes nothing in a second run, and finds no drift", async () => {
    const first = await up({ facts: { stores } });
    const second = await up({ facts: { stores }, vault: first.vault, state: first.state, entropy: "second" });
    assert.deepEqual(second.logs, []);
    assert.equal(second.vault.version("secret/acme-test/shop/db"), 1);
  });

  it("rotates without a word of drift, by the same key", async () => {
    const first = await up({ facts: { stores } });
    const before = first.vault.read("secret", "acme-test/shop/db")["password"];
    const rotated = await up({
      facts: { stores, rotations: { "shop/db": "2026-03-01" } },
      vault: first.vault,
      state: first.state,
      entropy: "second",
    });
    assert.deepEqual(rotated.logs, []);
    assert.notEqual(rotated.vault.read("secret", "acme-test/shop/db")["password"], before);
    assert.equal(rotated.vault.version("secret/acme-test/shop/db"), 2);
    assert.ok(rotated.resources.names(stash).includes("shop/db@digest-key"));
  });

  it("tells of a value that was changed by hand, and leaves it", async () => {
    const first = await up({ facts: { stores } });
    first.vault.write("secret/acme-test/shop/db", { username: "shop", password: "by-hand" });
    const { logs, vault: held } = await up({ facts: { stores }, vault: first.vault, state: first.state });
    assert.deepEqual(
      logs.map(({ severity, message }) => [severity, message.split("\n")[0]]),
      [["warning", 'drift: "acme-test/shop/db" (shop/db) in store vault was changed outside this program.']],
    );
    assert.equal(held.read("secret", "acme-test/shop/db")["password"], "by-hand");
  });
});
