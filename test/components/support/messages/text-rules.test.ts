import assert from "node:assert/strict";
import { faultIn, firstIllegal, ruledText, slugRule } from "../../../../components/support/messages/text-rules.ts";

describe("a rule of texts", () => {
  it("says which character is illegal", () => {
    assert.equal(firstIllegal("shop", /^[a-z]$/), undefined);
    assert.equal(firstIllegal("sh\u043ep", /^[a-z]$/), "character 3 is U+043E");
    assert.equal(firstIllegal("a b", /^[a-z]$/), "character 2 is a space");
    assert.equal(firstIllegal("aB", /^[a-z]$/), "character 2 is an uppercase letter");
    assert.equal(firstIllegal("Ab", /^[A-Z]$/), "character 2 is a lowercase letter");
    assert.equal(firstIllegal("a1", /^[a-z]$/), "character 2 is a digit");
    assert.equal(firstIllegal("\u{1f600}!", /^[a-z]$/), "character 1 is U+1F600");
    assert.equal(firstIllegal("a!", /^[a-z]$/), 'character 2 is "!"');
  });

  for (const [text, fault] of [
    ["shop-1", ""],
    ["", "; it is empty"],
    ["sh_op", '; character 3 is "_"'],
    ["x".repeat(64), "; it has 64 characters"],
    ["1shop", "; it begins with a digit"],
    ["-shop", '; it begins with "-"'],
    ["shop-", '; it ends with "-"'],
  ] as const) {
    it(`says what is wrong with a text: ${text.slice(0, 20)}${fault}`, () => {
      const rule =
        'must be up to 63 lowercase letters, digits or "-", beginning with a letter and ending with a letter or digit';
      assert.equal(faultIn(text, slugRule), fault);
      const { success, error } = ruledText(slugRule).safeParse(text);
      assert.deepEqual(success ? [] : error?.issues.map(({ message }) => message), fault === "" ? [] : [rule + fault]);
    });
  }

  it("lets a text begin with any letter or digit unless it says otherwise", () => {
    assert.equal(faultIn("1shop", { most: 63 }), "");
    assert.equal(faultIn(".shop", { most: 63 }), '; it begins with "."');
  });
});
