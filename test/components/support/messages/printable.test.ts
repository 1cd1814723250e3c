import assert from "node:assert/strict";
import fc from "fast-check";
import {
  charactersOf,
  clippedName,
  passesAsName,
  printable,
  printableLine,
  quotedName,
} from "../../../../components/support/messages/printable.ts";

describe("texts in messages", () => {
  it("hold nothing that a terminal or a workflow acts on, whatever they are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = printable(text);
        assert.doesNotMatch(shown.replaceAll("\n", ""), /[\p{C}\u2028\u2029]/u);
        assert.doesNotMatch(shown, /^\s*(?:::|##\[)/m);
        assert.doesNotMatch(printableLine(text), /\n/);
        assert.doesNotMatch(clippedName(text), /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
    assert.equal(printable("a\tb\u001b[1m\u202e\ud800"), "a\\tb\\u{1b}[1m\\u{202e}\ufffd");
    assert.equal(printable("  ::error::x\n##[group]y"), "  \\::error::x\n\\##[group]y");
  });

  it("are left as they are in any alphabet", () => {
    for (const text of ["имя", "名", "😀", "é", "a b"]) assert.equal(printable(text), text);
  });

  it("are counted in characters", () => {
    assert.equal(charactersOf("é"), "1 character");
    assert.equal(charactersOf("😀😀"), "2 characters");
    assert.equal(charactersOf(""), "0 characters");
  });
});

describe("names in messages", () => {
  it("stand on one line, and are cut where they are long", () => {
    assert.equal(clippedName("shop\n::error::x\u001b[31m\u202e"), String.raw`shop\n::error::x\u{1b}[31m\u{202e}`);
    assert.equal(clippedName("x".repeat(80)), "x".repeat(80));
    assert.equal(clippedName("x".repeat(200)), `${"x".repeat(80)}… (200 characters)`);
  });

  const names = [
    "",
    "vault",
    "aws-parameter-store",
    "eu-central-1",
    "mlflow/db-password",
    "k8s",
    "2.9.0",
    "kubeConfig",
    "AWS",
  ];
  for (const name of names) it(`are quoted: ${name}`, () => assert.equal(quotedName(name), `"${name}"`));

  const tokens = [
    "5f3c9a71d2e8",
    "canary-5f3c9a71d2e8",
    "hvs.CAESIJz1aZ",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "sk-ant-api03-AbCdEf",
    "a b\nc",
    "pass;word",
    "x".repeat(64),
  ];
  for (const token of tokens) {
    it(`are not shown where they look like a token: ${JSON.stringify(token).slice(0, 20)}`, () => {
      assert.equal(passesAsName(token), false);
      assert.equal(quotedName(token), `(${token.length} characters, not shown)`);
    });
  }
});
