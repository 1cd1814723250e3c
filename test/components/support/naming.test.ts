import assert from "node:assert/strict";
import fc from "fast-check";
import {
  dnsLabel,
  dnsSubdomain,
  secretId,
  secretKey,
  secretPath,
  slug,
  vaultPath,
  vaultReaderName,
} from "../../../components/support/naming.ts";

const slugs = fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,10}[a-z0-9])?$/);
const labels = fc.stringMatching(/^[a-z0-9](?:[-a-z0-9]{0,10}[a-z0-9])?$/);
const scope = fc.record({ platform: slugs, environment: slugs, cluster: slugs, namespace: labels });
const dashed = fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("-"));
const dashedScope = fc.record({ platform: dashed, environment: dashed, cluster: dashed, namespace: dashed });

/** Names that Vault takes for policies and roles (GenericNameRegex). */
const vaultName = /^\w(?:[\w.-]*\w)?$/;

describe("names", () => {
  it("of a Vault secret lie in the folder of platform and environment", () => {
    const address = { platform: "acme", environment: "dev", app: "shop", secret: "db", path: "shop/db" };
    assert.equal(vaultPath(address), "acme-dev/shop/db");
    assert.equal(vaultPath({ ...address, path: "legacy/shop_db.v1" }), "acme-dev/legacy/shop_db.v1");
  });

  it("of a secret for people are application and secret", () => {
    assert.equal(secretId({ app: "shop", secret: "db" }), "shop/db");
  });

  it("of a namespace's Vault role and policy are stable", () => {
    const name = vaultReaderName({ platform: "acme", environment: "dev", cluster: "main", namespace: "shop" });
    assert.equal(name, "acme.dev.main.shop");
  });

  it("of Vault roles are legal and never shared by two namespaces", () => {
    fc.assert(
      fc.property(fc.oneof(scope, dashedScope), fc.oneof(scope, dashedScope), (a, b) => {
        assert.match(vaultReaderName(a), vaultName);
        const same = JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
        assert.equal(vaultReaderName(a) === vaultReaderName(b), same);
      }),
      { numRuns: 2000 },
    );
  });

  it("of Vault secrets are never shared within an environment", () => {
    const address = fc
      .tuple(slugs, slugs)
      .map(([app, secret]) => ({ platform: "acme", environment: "dev", app, secret, path: `${app}/${secret}` }));
    fc.assert(
      fc.property(address, address, (a, b) => {
        assert.equal(vaultPath(a) === vaultPath(b), a.path === b.path);
        assert.match(vaultPath(a), secretPath);
      }),
    );
  });

  const long = "x".repeat(63);
  for (const [what, rule, legal, illegal] of [
    [
      "applications, secrets, stores and clusters",
      slug,
      ["a", "a1", "a-b", long],
      ["", "1a", "-a", "a-", "A", "a_b", "a.b", `${long}x`],
    ],
    ["namespaces", dnsLabel, ["a", "1a", "a-b", long], ["", "-a", "a-", "A", "a.b", `${long}x`]],
    [
      "Secrets",
      dnsSubdomain,
      ["a", "a.b", "1.a-b.c", "x".repeat(253)],
      ["", ".a", "a.", "a..b", "A", "a_b", "x".repeat(254)],
    ],
    ["keys of Secrets", secretKey, ["a", "A_b-c.d", ".x", "x".repeat(253)], ["", "a b", "a/b", "ä", "x".repeat(254)]],
    [
      "paths of secrets",
      secretPath,
      ["a/b", "a/b/c", "a_1/b.c-d"],
      ["", "a", "/a", "a/", "a//b", "../a", "a/../b", "a/*", "a/+", "A/b", "a b/c"],
    ],
  ] as const) {
    it(`of ${what} are told from illegal ones`, () => {
      assert.deepEqual(
        legal.filter((name) => !rule.test(name)),
        [],
      );
      assert.deepEqual(
        illegal.filter((name) => rule.test(name)),
        [],
      );
    });
  }
});
