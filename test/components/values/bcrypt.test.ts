import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import bcrypt from "bcryptjs";
import { bcryptHash, bcryptLimit, makeSalt, saltOf } from "../../../components/values/bcrypt.ts";
import { knownEntropy } from "../../support/entropy.ts";

const salt = "$2a$10$CwTycUXWue0Thq9StjUM0u";

describe("bcrypt", () => {
  // The vector of the OpenBSD implementation's own documentation, as many others test against it.
  it("makes the known hash of a known value and salt, the same each time", () => {
    const hash = bcryptHash({ of: "shop/db password", value: "Kk4DQuMMfZL9o", salt: "$2b$04$cVWp4XaNU8a4v1uMRum2SO" });
    assert.equal(hash, "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm");
  });

  it("makes hashes that a reader verifies, and that no other value passes", () => {
    const hash = bcryptHash({ of: "shop/db password", value: "correct", salt: makeSalt(knownEntropy()) });
    assert.deepEqual([bcrypt.compareSync("correct", hash), bcrypt.compareSync("Correct", hash)], [true, false]);
  });

  it("makes salts of cost 10 with the prefix that Argo CD reads, another one each time", () => {
    const entropy = knownEntropy();
    const [first, second] = [makeSalt(entropy), makeSalt(entropy)];
    assert.match(first, /^\$2a\$10\$[./A-Za-z0-9]{22}$/);
    assert.notEqual(first, second);
  });

  it("gives back the salt of a hash, so that an adopted hash stays the same text", () => {
    const hash = bcryptHash({ of: "shop/db password", value: "value", salt });
    assert.equal(saltOf(hash), salt);
    assert.equal(bcryptHash({ of: "shop/db password", value: "value", salt: saltOf(hash) ?? "" }), hash);
  });

  for (const text of ["", "plain", salt, `${"x".repeat(60)}`]) {
    it(`knows that ${JSON.stringify(text)} is no hash`, () => {
      assert.equal(saltOf(text), undefined);
    });
  }

  it("takes a value of 72 bytes", () => {
    const value = "é".repeat(36);
    assert.ok(bcrypt.compareSync(value, bcryptHash({ of: "shop/db password", value, salt })));
    assert.equal(bcryptLimit, 72);
  });

  for (const value of ["x".repeat(73), `${"é".repeat(36)}x`]) {
    it(`rejects a value of 73 bytes in ${value.length} characters without showing it, or a stack trace`, () => {
      assert.throws(
        () => bcryptHash({ of: "shop/db password", value, salt }),
        (error: unknown) => {
          assert.ok(RunError.isInstance(error));
          assert.equal(
            error.message,
            "shop/db password: the value has 73 bytes, and of a value to hash bcrypt reads at most 72.\n    fix: provide a shorter one",
          );
          return true;
        },
      );
    });
  }

  it("rejects a value that is not there", () => {
    assert.throws(() => bcryptHash({ of: "shop/db password", value: undefined, salt }), {
      message: "shop/db password has no value to hash, which parsing should have found",
    });
  });
});
