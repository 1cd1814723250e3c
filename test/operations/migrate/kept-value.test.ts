import assert from "node:assert/strict";
import { keptValue } from "../../../operations/migrate/run/kept-value.ts";

const stash = (name: string, output: unknown) => ({
  type: "pulumi:index:Stash",
  urn: `urn:pulumi:test::multicloud-secrets::secrets:applications:ApplicationSecrets$pulumi:index:Stash::${name}`,
  outputs: { output },
});
const exported = JSON.stringify({
  deployment: {
    resources: [
      stash("shop/db/password", { plaintext: JSON.stringify({ rule: "", value: "first" }) }),
      stash("shop/db/password@2026-12-01", { plaintext: JSON.stringify({ rule: "", value: "second" }) }),
      stash("shop/db/name", { rule: "", value: "shop" }),
      { ...stash("shop/db/other", {}), type: "vault:kv/secretV2:SecretV2" },
    ],
  },
});

describe("a value that the state keeps", () => {
  it("is found by its whole name, encrypted or not", () => {
    assert.deepEqual(
      ["shop/db/password", "shop/db/password@2026-12-01", "shop/db/name", "db/password", "shop/db/other"].map((name) =>
        keptValue(exported, name),
      ),
      ["first", "second", "shop", undefined, undefined],
    );
  });

  it("is none of what is no state", () => {
    for (const text of ["", "null", "[]", "{}", '{"deployment":null}'])
      assert.equal(keptValue(text, "a/b/c"), undefined);
  });
});
