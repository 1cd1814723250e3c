import assert from "node:assert/strict";
import fc from "fast-check";
import { brokenPlaceholders, fillTemplate, templateKeys } from "../../../components/values/template.ts";

describe("template", () => {
  const text = "postgresql://${user|uri}:${db.password|uri}@host/${user}";

  it("names its keys in order, each once", () => {
    assert.deepEqual(templateKeys(text), ["user", "db.password"]);
  });

  it("is filled with values as they are, or percent-encoded", () => {
    assert.equal(
      fillTemplate(text, { user: "a b", "db.password": "p@ss/w:rd%" }),
      "postgresql://a%20b:p%40ss%2Fw%3Ard%25@host/a b",
    );
  });

  it("takes a value that looks like a placeholder, or like a replacement pattern, for what it is", () => {
    assert.equal(fillTemplate("${a}-${b}", { a: "${b}", b: "$&$1$$" }), "${b}-$&$1$$");
  });

  it("gives encoded values that a URL reader gives back unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (value) => {
        const filled = fillTemplate("scheme://user:${p|uri}@host", { p: value }) ?? "";
        assert.equal(decodeURIComponent(new URL(filled).password), value);
      }),
    );
  });

  it("is absent as a whole when a key has no value", () => {
    assert.equal(fillTemplate(text, { user: "a" }), undefined);
  });

  it("takes an empty value for a value", () => {
    assert.equal(fillTemplate("<${a}>", { a: "" }), "<>");
  });

  for (const [broken, found] of [
    ["${a|upper}", ["${a|upper}"]],
    ["${a b}", ["${a b}"]],
    ["${}", ["${}"]],
    ["${a} ${", ["${"]],
    ["$a {b} $(c)", []],
    ["${a}${b|uri}", []],
  ] as const) {
    it(`tells what is no placeholder in ${broken}`, () => {
      assert.deepEqual(brokenPlaceholders(broken), found);
    });
  }
});
