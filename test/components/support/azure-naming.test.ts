import assert from "node:assert/strict";
import fc from "fast-check";
import { azureIdentityName, nameBasedUuid, roleAssignmentName } from "../../../components/support/naming.ts";

const slugs = fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
const close = fc
  .array(fc.constantFrom("a", "b", "-", "--"), { minLength: 1, maxLength: 4 })
  .map((parts) => `a${parts.join("")}b`);
const scopeOf = (part: fc.Arbitrary<string>) =>
  fc.record({ platform: part, environment: part, cluster: part, namespace: part });
const scopes = fc.oneof(scopeOf(slugs), scopeOf(close));

describe("names of identities in Azure", () => {
  it("say whose they are", () => {
    assert.equal(
      azureIdentityName({ platform: "acme", environment: "dev", cluster: "main", namespace: "shop" }),
      "acme--dev--main--shop",
    );
  });

  it("are legal, stable, and never shared by two namespaces", () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        assert.match(azureIdentityName(a), /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$/);
        assert.equal(azureIdentityName(a), azureIdentityName({ ...a }));
        const same = JSON.stringify(Object.values(a)) === JSON.stringify(Object.values(b));
        assert.equal(azureIdentityName(a) === azureIdentityName(b), same);
      }),
      { numRuns: 2000 },
    );
  });

  it("are shortened to 128 characters with a digest of all of it", () => {
    const long = { platform: "p".repeat(60), environment: "dev", cluster: "c".repeat(60), namespace: "shop" };
    const [shop, till] = [azureIdentityName(long), azureIdentityName({ ...long, namespace: "till" })];
    assert.deepEqual([shop.length <= 128, shop === till], [true, false]);
    assert.match(shop, /^p{60}--dev--c+---[0-9a-f]{10}$/);
  });
});

describe("names of role assignments", () => {
  it("are UUIDs of version 5, as in the standard's example", () => {
    // RFC 9562, appendix A.4.
    const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    assert.equal(nameBasedUuid(dns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  });

  it("are the same for the same right, however Azure writes the scope, and another for any other", () => {
    const name = roleAssignmentName("/subscriptions/S/secrets/db", "principal", "role");
    assert.equal(roleAssignmentName("/subscriptions/s/secrets/DB", "principal", "role"), name);
    const others = [
      roleAssignmentName("/subscriptions/s/secrets/api", "principal", "role"),
      roleAssignmentName("/subscriptions/s/secrets/db", "another", "role"),
      roleAssignmentName("/subscriptions/s/secrets/db", "principal", "another"),
    ];
    assert.equal(new Set([name, ...others]).size, 4);
  });
});
