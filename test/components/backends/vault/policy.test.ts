import assert from "node:assert/strict";
import { vaultReadPolicy, vaultWritePolicy } from "../../../../components/backends/vault/policy.ts";

const grant = (path: string, mount = "secret") => ({ kind: "vault-kv", mount, path }) as const;

describe("Vault policy of a reader", () => {
  it("names exactly the paths that are granted, sorted, each once, with the right to read and no other", () => {
    assert.equal(
      vaultReadPolicy([grant("acme-dev/shop/db"), grant("acme-dev/shop/api"), grant("acme-dev/shop/db")]),
      `path "secret/data/acme-dev/shop/api" {
  capabilities = ["read"]
}

path "secret/data/acme-dev/shop/db" {
  capabilities = ["read"]
}
`,
    );
  });

  it("adds the infix of KV v2 behind a mount with slashes too", () => {
    assert.match(
      vaultReadPolicy([grant("acme-dev/shop/db", "team/kv")]),
      /^path "team\/kv\/data\/acme-dev\/shop\/db" \{$/m,
    );
  });

  it("grants nothing when nothing is consumed, in a text that Vault takes for a policy", () => {
    assert.equal(vaultReadPolicy([]), "# no secret of a KV engine\n");
  });

  it("cannot be escaped from by a quotation mark", () => {
    assert.equal(vaultReadPolicy([grant('a" {')]).split("\n")[0], 'path "secret/data/a\\" {" {');
  });

  for (const path of ["acme-dev/*", "acme-dev/shop*", "acme-dev/+/db"]) {
    it(`rejects the wildcard in ${path}`, () => {
      assert.throws(() => vaultReadPolicy([grant(path)]), {
        message: `a Vault policy must name exact paths, but "secret/data/${path}" contains a wildcard`,
      });
    });
  }

  it("rejects a wildcard in the mount", () => {
    assert.throws(() => vaultReadPolicy([grant("a/b", "sec+")]), {
      message: 'a Vault policy must name exact paths, but "sec+/data/a/b" contains a wildcard',
    });
  });
});

describe("Vault policy of a writer", () => {
  it("names exactly the paths of values, which it sees and makes, and of their metadata, which it only writes", () => {
    const rule = (path: string) => {
      const rights = path.includes("/data/") ? '"read", "update"' : '"create", "update"';
      return `path "${path}" {\n  capabilities = [${rights}]\n}\n`;
    };
    assert.equal(
      vaultWritePolicy([grant("acme-dev/shop/db"), grant("acme-dev/shop/api"), grant("acme-dev/shop/db")]),
      [
        rule("secret/data/acme-dev/shop/api"),
        rule("secret/data/acme-dev/shop/db"),
        rule("secret/metadata/acme-dev/shop/api"),
        rule("secret/metadata/acme-dev/shop/db"),
      ].join("\n"),
    );
  });

  it("rejects a wildcard", () => {
    assert.throws(() => vaultWritePolicy([grant("acme-dev/*")]), {
      message: 'a Vault policy must name exact paths, but "secret/data/acme-dev/*" contains a wildcard',
    });
  });
});
