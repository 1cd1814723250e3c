import assert from "node:assert/strict";
import fc from "fast-check";
import { didYouMean, firstIllegal, listed, nearest, received, shownName } from "../../../components/support/wording.ts";

describe("words of messages", () => {
  it("show a name on one line, without what a terminal or a workflow would act on, and cut", () => {
    assert.equal(shownName("shop\n::error::x\u001b[31m\u202e"), String.raw`shop\n::error::x\u{1b}[31m\u{202e}`);
    assert.equal(shownName("x".repeat(200)), `${"x".repeat(80)}… (200 characters)`);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        assert.doesNotMatch(shownName(name), /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
  });

  for (const [value, text] of [
    [undefined, "received nothing"],
    [null, "received nothing"],
    [NaN, "received no number at all"],
    [1e12, "received 1000000000000"],
    [true, "received true"],
    ["x", "received a text of 1 character"],
    ["hunter2", "received a text of 7 characters"],
    [[], "received a list"],
    [{}, "received an object"],
    [() => 1, "received a function"],
  ] as const) {
    it(`say ${text}`, () => {
      assert.equal(received(value), text);
    });
  }

  it("list the first ones of many names, in order", () => {
    assert.equal(listed([]), "none");
    assert.equal(listed(["b", "a"]), "a, b");
    const many = listed(Array.from({ length: 30 }, (_, index) => `k${index + 10}`));
    assert.match(many, /^k10, k11, .* k29 and 10 more$/);
  });

  for (const [name, known, meant] of [
    ["pasword", ["username", "password"], "password"],
    ["Password", ["password"], "password"],
    ["pssaword", ["password"], "password"],
    ["rotateEveryDay", ["path", "rotateEveryDays"], "rotateEveryDays"],
    ["user", ["password"], undefined],
    ["b", ["a"], undefined],
    ["db", ["url", "dbs"], undefined],
    ["", ["a"], undefined],
    ["x".repeat(1000), ["x"], undefined],
    ["constructor", [], undefined],
  ] as const) {
    it(`take ${name.slice(0, 20)} for ${meant ?? "none"} of ${known.join(", ")}`, () => {
      assert.equal(nearest(name, known), meant);
      assert.deepEqual(didYouMean(name, known), meant === undefined ? {} : { fix: `did you mean "${meant}"?` });
    });
  }

  it("say which character is illegal", () => {
    assert.equal(firstIllegal("shop", /^[a-z]$/), undefined);
    assert.equal(firstIllegal("sh\u043ep", /^[a-z]$/), "character 3 is U+043E");
    assert.equal(firstIllegal("a b", /^[a-z]$/), "character 2 is a space");
    assert.equal(firstIllegal("\u{1f600}!", /^[a-z]$/), "character 1 is U+1F600");
    assert.equal(firstIllegal("a!", /^[a-z]$/), 'character 2 is "!"');
  });
});
