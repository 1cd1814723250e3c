import assert from "node:assert/strict";
import { base64Bytes, hexToken, password, uuid } from "../../../../components/values/recipe.ts";
import { fingerprint, maximumLength, strength } from "../../../../components/values/recipes/index.ts";
import { classAlphabets } from "../../../../components/values/recipes/password.ts";

describe("fingerprint of a generated recipe", () => {
  // Fingerprints are kept in the state beside the value: another text for the same recipe would warn of a change that is none.
  for (const [recipe, text] of [
    [password(), '{"kind":"password","length":32,"classes":["digits","lower","upper"],"symbols":""}'],
    [
      password({ length: 40, symbols: "_-." }),
      '{"kind":"password","length":40,"classes":["digits","lower","symbols","upper"],"symbols":"-._"}',
    ],
    [hexToken(64), '{"kind":"hex","bytes":64}'],
    [base64Bytes(24), '{"kind":"base64","bytes":24}'],
    [uuid(), '{"kind":"uuid"}'],
  ] as const) {
    it(`is pinned: ${text}`, () => {
      assert.equal(fingerprint(recipe), text);
    });
  }

  it("is the same whatever the order of classes and symbols, and however often a symbol is named", () => {
    const one = password({ classes: ["lower", "symbols", "upper"], symbols: "-_." });
    const other = password({ classes: ["upper", "lower", "symbols"], symbols: "._-._" });
    assert.equal(fingerprint(one), fingerprint(other));
  });

  it("is another one for each thing that differs", () => {
    const recipes = [
      password(),
      password({ length: 31 }),
      password({ classes: ["lower"] }),
      password({ symbols: "-" }),
      password({ symbols: "_" }),
      hexToken(32),
      base64Bytes(32),
      hexToken(33),
      uuid(),
    ];
    assert.equal(new Set(recipes.map(fingerprint)).size, recipes.length);
  });
});

describe("strength and length of a generated recipe", () => {
  for (const [name, recipe, bits, length] of [
    ["the default password", password(), 190, 32],
    ["a password of digits", password({ length: 10, classes: ["digits"] }), 33, 10],
    [
      "a password of hexadecimal characters",
      password({ length: 10, classes: ["digits", "symbols"], symbols: "abcdef" }),
      40,
      10,
    ],
    [
      "a password whose symbols are letters that it has anyway",
      password({ length: 20, classes: ["lower", "symbols"], symbols: "abc" }),
      94,
      20,
    ],
    ["a password of one character", password({ length: 64, classes: ["symbols"], symbols: "-" }), 0, 64],
    ["a password of no class", password({ classes: [] }), 0, 32],
    ["a token", hexToken(32), 256, 64],
    ["bytes that need padding", base64Bytes(32), 256, 44],
    ["bytes that need none", base64Bytes(30), 240, 40],
    ["a UUID", uuid(), 122, 36],
  ] as const) {
    it(`are ${bits} bits and ${length} characters for ${name}`, () => {
      assert.deepEqual([strength(recipe), maximumLength(recipe)], [bits, length]);
    });
  }

  it("count the characters of each class", () => {
    assert.deepEqual(
      classAlphabets(password({ symbols: "-_" })).map((alphabet) => alphabet.length),
      [26, 26, 10, 2],
    );
  });
});
