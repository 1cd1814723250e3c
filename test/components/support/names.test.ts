import assert from "node:assert/strict";
import fc from "fast-check";
import {
  closest,
  listed,
  passesAsName,
  printable,
  printableLine,
  shownName,
  thereAre,
} from "../../../components/support/names.ts";

describe("names in messages", () => {
  it("hold nothing that a terminal or a workflow acts on, whatever they are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = printable(text);
        assert.doesNotMatch(shown.replaceAll("\n", ""), /[\p{C}\u2028\u2029]/u);
        assert.doesNotMatch(shown, /^\s*(?:::|##\[)/m);
        assert.doesNotMatch(printableLine(text), /\n/);
      }),
    );
    assert.equal(printable("a\tb\u001b[1m\u202e\ud800"), "a\\tb\\u{1b}[1m\\u{202e}\ufffd");
    assert.equal(printable("  ::error::x\n##[group]y"), "  \\::error::x\n\\##[group]y");
  });

  it("are left as they are in any alphabet", () => {
    for (const text of ["имя", "名", "😀", "é", "a b"]) assert.equal(printable(text), text);
  });

  const names = [
    "vault",
    "aws-parameter-store",
    "eu-central-1",
    "mlflow/db-password",
    "k8s",
    "2.9.0",
    "kubeConfig",
    "AWS",
  ];
  for (const name of names) it(`are shown: ${name}`, () => assert.equal(shownName(name), `"${name}"`));

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
      assert.match(shownName(token), /^a name of \d+ characters, which is not shown,$/);
    });
  }

  it("are listed as far as anybody reads", () => {
    assert.equal(listed([]), "none");
    assert.equal(listed(["a", "b"]), "a, b");
    assert.match(listed(Array.from({ length: 25 }, (_, index) => `n${index}`)), /, n19 and 5 more$/);
  });

  for (const [text, known, meant] of [
    ["adress", ["address", "kind"], "address"],
    ["mian", ["main", "edge"], "main"],
    ["Vault-KV", ["vault-kv", "kubernetes"], "vault-kv"],
    ["v\u00e4ult", ["vault"], "vault"],
    ["elsewhere", ["vault", "kubernetes"], undefined],
    ["vault3", ["vault1", "vault2"], undefined],
    ["ab", ["ac"], undefined],
    ["x".repeat(100_000), ["x"], undefined],
    ["constructor", ["address"], undefined],
  ] as const) {
    it(`are taken for ${String(meant)} where somebody wrote ${text.slice(0, 20)}`, () => {
      assert.equal(closest(text, known), meant);
    });
  }

  it("are offered", () => {
    assert.equal(thereAre("mian", ["main", "edge"]), "did you mean main? there are main, edge");
    assert.equal(thereAre("x", ["main"]), "there is main");
    assert.equal(thereAre("x", []), "there are none");
  });
});
