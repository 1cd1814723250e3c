import assert from "node:assert/strict";
import fc from "fast-check";
import { randomBytes } from "node:crypto";
import { base64Bytes, hexToken, password, uuid, type CharacterClass } from "../../../components/values/recipe.ts";
import { generate, maximumLength } from "../../../components/values/recipes/index.ts";
import { classAlphabets } from "../../../components/values/recipes/password.ts";
import { knownEntropy } from "../../support/entropy.ts";

const passwords = fc
  .record({
    classes: fc.uniqueArray(fc.constantFrom<CharacterClass>("lower", "upper", "digits", "symbols"), { minLength: 1 }),
    symbols: fc.constantFrom("-", "-_.", "!#%&*+,-./:;<=>?@^_~"),
    length: fc.integer({ min: 4, max: 64 }),
  })
  .map(password);

describe("generating a value", () => {
  // How a value comes from random bytes is no contract of the state, but a change that is not meant should be seen.
  for (const [name, recipe, value] of [
    ["password", password(), "zDt7aKf7O7QXSoMTy86inEUj6CY17r7l"],
    ["password with symbols", password({ length: 12, symbols: "-_." }), "wDq-f1L4XMoM"],
    ["hex", hexToken(16), "571d51f53ede05b766f979e431a80e26"],
    ["base64", base64Bytes(16), "Vx1R9T7eBbdm+XnkMagOJg=="],
    ["uuid", uuid(), "571d51f5-3ede-45b7-a6f9-79e431a80e26"],
  ] as const) {
    it(`makes of known bytes a known ${name}`, () => {
      assert.equal(generate(recipe, knownEntropy()), value);
    });
  }

  it("gives a password its length, its characters, and one of each class at least", () => {
    fc.assert(
      fc.property(passwords, fc.string(), (recipe, label) => {
        const value = generate(recipe, knownEntropy(label));
        const alphabets = classAlphabets(recipe);
        assert.equal(value.length, recipe.length);
        assert.ok(
          [...value].every((character) => alphabets.join("").includes(character)),
          value,
        );
        for (const alphabet of alphabets) {
          assert.ok(
            [...value].some((character) => alphabet.includes(character)),
            `${value} has none of ${alphabet}`,
          );
        }
      }),
    );
  });

  it("gives values the length that limits are checked by", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (bytes) => {
        for (const recipe of [hexToken(bytes), base64Bytes(bytes), uuid(), password()]) {
          assert.equal(generate(recipe, randomBytes).length, maximumLength(recipe));
        }
      }),
    );
  });

  it("encodes all bytes that it asks for", () => {
    const bytes = knownEntropy()(24);
    assert.equal(generate(hexToken(24), knownEntropy()), bytes.toString("hex"));
    assert.deepEqual(Buffer.from(generate(base64Bytes(24), knownEntropy()), "base64"), bytes);
  });

  it("makes UUIDs of version 4", () => {
    for (const label of ["a", "b", "c", "d"]) {
      assert.match(
        generate(uuid(), knownEntropy(label)),
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }
  });

  it("does not change the bytes that it is given", () => {
    const bytes = Buffer.alloc(16, 0xff);
    generate(uuid(), () => bytes);
    assert.deepEqual(bytes, Buffer.alloc(16, 0xff));
  });

  for (const recipe of [password(), hexToken(16), base64Bytes(16), uuid()]) {
    it(`makes no ${recipe.kind} twice in 10,000`, () => {
      const values = new Set(Array.from({ length: 10_000 }, () => generate(recipe, randomBytes)));
      assert.equal(values.size, 10_000);
    });
  }

  it("takes each character equally often", () => {
    const recipe = password({ length: 1000, classes: ["lower", "upper", "digits"] });
    const entropy = knownEntropy("uniformity");
    const counts = new Map<string, number>();
    for (let turn = 0; turn < 62; turn += 1) {
      for (const character of generate(recipe, entropy)) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    // 62,000 draws from 62 characters, 1,000 of each: chi-squared with 61 degrees of freedom is below 116 in all but one
    // of 100,000 fair samples. Taking bytes modulo 62 would give more than 1,000.
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    assert.equal(counts.size, 62);
    assert.ok(chiSquared < 116, `chi-squared is ${chiSquared}`);
  });
});

describe("a rule that no value has", () => {
  for (const rule of [
    { classes: [] },
    { classes: ["symbols"], symbols: "" },
    { symbols: Array.from({ length: 195 }, (_, index) => String.fromCodePoint(0x100 + index)).join("") },
    { length: 2 },
  ] as const) {
    it(`ends in an error, not in a search without end: ${JSON.stringify(rule).slice(0, 40)}`, () => {
      assert.throws(() => generate(password(rule), randomBytes), {
        message: "no password has this rule, which parsing should have found",
      });
    });
  }
});
