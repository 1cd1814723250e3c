import assert from "node:assert/strict";
import { closest, didYouMean, listed, thereAre } from "../../../../components/support/messages/suggestions.ts";

describe("names that are listed", () => {
  it("are in alphabetical order", () => {
    assert.equal(listed([]), "none");
    assert.equal(listed(new Set(["b", "a"])), "a, b");
  });

  it("are the first ones of many", () => {
    const names = Array.from({ length: 30 }, (_, index) => `k${index + 10}`);
    assert.match(listed(names), /^k10, k11, .* k29 and 10 more$/);
    assert.match(listed(names.slice(0, 20)), /^k10, k11, .*, k29$/);
  });

  it("stand on one line, and are cut where they are long", () => {
    assert.equal(listed(["x".repeat(200), "a\nb"]), `a\\nb, ${"x".repeat(80)}… (200 characters)`);
  });
});

describe("suggestions", () => {
  for (const [text, known, meant] of [
    ["adress", ["address", "kind"], "address"],
    ["mian", ["main", "edge"], "main"],
    ["Vault-KV", ["vault-kv", "kubernetes"], "vault-kv"],
    ["v\u00e4ult", ["vault"], "vault"],
    ["pasword", ["username", "password"], "password"],
    ["pssaword", ["password"], "password"],
    ["rotateEveryDay", ["path", "rotateEveryDays"], "rotateEveryDays"],
    ["elsewhere", ["vault", "kubernetes"], undefined],
    ["vault3", ["vault1", "vault2"], undefined],
    ["db", ["url", "dbs"], undefined],
    ["ab", ["ac"], undefined],
    ["b", ["a"], undefined],
    ["", ["a"], undefined],
    ["x".repeat(100_000), ["x"], undefined],
    ["constructor", ["address"], undefined],
    ["constructor", [], undefined],
  ] as const) {
    it(`take ${text.slice(0, 20)} for ${meant ?? "none"} of ${known.join(", ")}`, () => {
      assert.equal(closest(text, known), meant);
      assert.deepEqual(didYouMean(text, known), meant === undefined ? {} : { fix: `did you mean "${meant}"?` });
    });
  }

  it("are not looked for among more than 500 names", () => {
    const others = Array.from({ length: 499 }, (_, index) => `other-${index}`);
    assert.equal(closest("mian", ["main", ...others]), "main");
    assert.equal(closest("mian", ["main", "edge", ...others]), undefined);
  });

  it("come before what there is to choose from", () => {
    assert.equal(thereAre("mian", ["main", "edge"]), "did you mean main? there are edge, main");
    assert.equal(thereAre("x", new Set(["main"]).values()), "there is main");
    assert.equal(thereAre("x", []), "there are none");
  });
});
