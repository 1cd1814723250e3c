import assert from "node:assert/strict";
import fc from "fast-check";
import { filterNames, templateFilters } from "../../../components/values/template-filters.ts";
import {
  brokenPlaceholders,
  factsNamed,
  fillTemplate,
  templateKeys,
  templateParts,
  withFacts,
} from "../../../components/values/template.ts";

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

  it("writes a value as JSON, between quotation marks of the template and without any", () => {
    const values = { p: 'a "b" \\ \n\u00e4' };
    const filled = fillTemplate('{"quoted":"Bearer ${p|json}","bare":${p|json},"${p|json}":1}', values) ?? "";
    assert.deepEqual(JSON.parse(filled), { quoted: `Bearer ${values.p}`, bare: values.p, [values.p]: 1 });
  });

  it("makes JSON of any value, which a reader gives back unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        const filled = fillTemplate('{"a":"<${a|json}>","b":[${b|json},"\\"${a|json}"]}', { a, b }) ?? "";
        assert.deepEqual(JSON.parse(filled), { a: `<${a}>`, b: [b, `"${a}`] });
      }),
    );
  });

  it("writes the bytes of a value in base64", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const filled = fillTemplate("${p|base64}", { p: value }) ?? "";
        assert.equal(Buffer.from(filled, "base64").toString(), value);
      }),
    );
  });

  it("writes the SHA-256 of a value in hexadecimal", () => {
    const { p, q } = { p: "abc", q: "\u00e4" };
    assert.equal(
      fillTemplate("user default on #${p|sha256} ${q|sha256}", { p, q }),
      // FIPS 180-4, example "abc"; and `printf ä | sha256sum`.
      "user default on #ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc",
    );
  });

  it("has a meaning for each filter, and takes what is no text for one", () => {
    for (const filter of filterNames) {
      assert.ok(templateFilters[filter].meaning.length > 0);
      assert.doesNotThrow(() => fillTemplate(`\${p|${filter}}`, { p: "a\ud800" }));
    }
  });

  for (const [text, filled] of [
    ["$${p}", "${p}"],
    ["$$${p}", "$v"],
    ["$$$${p}", "$${p}"],
    ["$${${p}}", "${v}"],
    ["$p $$p $ {p} ${p}$", "$p $$p $ {p} v$"],
    ["${p}$${p}${p}", "v${p}v"],
  ] as const) {
    it(`takes ${text} for ${filled}`, () => {
      assert.equal(fillTemplate(text, { p: "v" }), filled);
      assert.deepEqual(brokenPlaceholders(text), []);
    });
  }

  it("gives any text back whose dollars before braces are doubled", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("$", "{", "}", "a", "|", '"', "\\") }), (text) => {
        const escaped = text.replaceAll(/\$+(?=\{)/g, (dollars) => dollars + dollars);
        assert.equal(fillTemplate(escaped, {}), text);
      }),
    );
  });

  it("is read in time that grows with its length alone: one that grew with the square would not end before the limit", () => {
    for (const text of ["${".repeat(500_000), "$".repeat(1_000_000), "$${".repeat(300_000), '"\\'.repeat(500_000)]) {
      assert.ok(templateParts(text).length > 0);
    }
  });

  for (const [broken, found] of [
    ["${a|upper}", ["${a|upper}"]],
    ["${a b}", ["${a b}"]],
    ["${}", ["${}"]],
    ["${a|}", ["${a|}"]],
    ["${a|JSON}", ["${a|JSON}"]],
    ["${a|json|base64}", ["${a|json|base64}"]],
    ["${a|toString}", ["${a|toString}"]],
    ["${a} ${", ["${"]],
    ["$a {b} $(c)", []],
    ["${a}${b|uri}", []],
  ] as const) {
    it(`tells what is no placeholder in ${broken}`, () => {
      assert.deepEqual(brokenPlaceholders(broken), found);
    });
  }

  it("writes facts where they are named, as if they had stood there", () => {
    const text = "pg://${user|uri}@${fact:dbHost}:${fact:dbPort}/${fact:db.name|uri}";
    assert.deepEqual(factsNamed(text), ["dbHost", "dbPort", "db.name"]);
    assert.deepEqual(templateKeys(text), ["user"]);
    const filled = withFacts(text, { dbHost: "db.example", dbPort: "5432", "db.name": "a b" });
    assert.equal(filled, "pg://${user|uri}@db.example:5432/a%20b");
  });

  it("leaves a fact without a value as it is, and makes the whole template absent", () => {
    const text = "${fact:a}-${fact:b|json}";
    assert.equal(withFacts(text, { a: "x" }), "x-${fact:b|json}");
    assert.equal(withFacts("$${a} ${user}", { a: "x" }), "$${a} ${user}");
    assert.equal(fillTemplate(text, {}), undefined);
  });

  it("takes nothing in a fact, or joined by it, for a placeholder", () => {
    const dollars = fc
      .array(fc.constantFrom("$", "{", "}", "$${", "a", "${k}", "${fact:f}", "${fact:g}"))
      .map((all) => all.join(""));
    fc.assert(
      fc.property(dollars, dollars, (text, value) => {
        const parts = templateParts(text);
        fc.pre(!parts.some(({ kind }) => kind === "broken"));
        fc.pre(templateKeys(text).every((key) => key === "k"));
        const texts = { k: "K", f: value, g: "G" };
        const expected = parts
          .map((part) =>
            part.kind === "value" ? texts.k : part.kind === "fact" ? (part.fact === "f" ? value : "G") : part.text,
          )
          .join("");
        assert.equal(fillTemplate(withFacts(text, { f: value, g: "G" }), texts), expected);
        // One after the other, too.
        assert.equal(fillTemplate(withFacts(withFacts(text, { f: value }), { g: "G" }), texts), expected);
      }),
    );
  });

  it("takes no other word before a colon for a fact, and no name with a dash in front", () => {
    const texts = ["${facts:a}", "${Fact:a}", "${fact:}", "${fact:-a}", "${fact:a|upper}", "${fact: a}"];
    for (const text of texts) assert.deepEqual(brokenPlaceholders(text), [text]);
  });
});
