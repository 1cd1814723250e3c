import assert from "node:assert/strict";
import { catalogue } from "../../support/fixtures.ts";
import { up } from "../../support/stack.ts";

const withScheme = (nameScheme: string | undefined) => ({
  catalogue,
  secret: {},
  facts: {
    namespaces: { shop: { cluster: "main", store: "vault" } },
    stores: {
      vault: {
        kind: "vault-kv",
        address: "https://vault.example:8200",
        ...(nameScheme === undefined ? {} : { nameScheme }),
      },
    },
  },
});

describe("deploying with a scheme of names", () => {
  it("moves the objects of a state to it with their values, as exact names do, and grants exactly those", async () => {
    const first = await up(withScheme(undefined));
    const before = first.vault.find("secret/acme-test/shop/db")?.payload;
    const run = await up({
      ...withScheme("{environment}/{application}/{secret}"),
      state: first.state,
      vault: first.vault,
    });
    assert.equal(run.vault.find("secret/test/shop/db")?.payload, before);
    assert.deepEqual(run.resources.contents, first.resources.contents);
    const [policy, ...others] = run.resources.all.filter(({ type }) => type === "vault:index/policy:Policy");
    assert.deepEqual(others, []);
    const rights = JSON.stringify(policy?.inputs);
    assert.ok(rights.includes("secret/data/test/shop/db"));
    assert.ok(!rights.includes("acme-test/shop/db"));
    const notes = run.logs.map(({ message }) => message).filter((message) => message.startsWith("moving"));
    assert.deepEqual(notes, [
      'moving shop/db in store vault from "acme-test/shop/db" to "test/shop/db": the old object is deleted at the end of the run',
    ]);
  });
});
