import assert from "node:assert/strict";
import { RefusedError } from "../../../components/support/messages/errors.ts";
import { catalogue } from "../../support/fixtures.ts";
import { failing, up } from "../../support/stack.ts";

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
  it("refuses names that another environment has made in the same store, and names the way to others", async () => {
    const scheme = withScheme("{application}/{secret}");
    const first = await up(scheme);
    const before = first.vault.find("secret/shop/db")?.payload;
    assert.ok(before !== undefined);
    const second = { ...scheme, vault: first.vault };
    const { error, resources } = await failing(second);
    assert.ok(error instanceof RefusedError);
    assert.deepEqual(error.issues, [
      {
        path: "shop/db",
        problem: 'store vault already contains "shop/db", which is not in the state: its value would be overwritten',
        fix:
          "to adopt it (refused if any value would be lost): pulumi config set --path 'adopt[\"shop/db\"]' true\n" +
          "    or, if another environment or platform wrote it, give this one names of its own: " +
          "pulumi config set --path 'stores.vault.nameScheme' <scheme with {platform}-{environment}>",
      },
    ]);
    resources.assertNone("vault:kv/secretV2:SecretV2");
    assert.equal(first.vault.find("secret/shop/db")?.payload, before);
  });

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
