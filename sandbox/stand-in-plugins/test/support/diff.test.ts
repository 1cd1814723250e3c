import assert from "node:assert/strict";
import { compare, joinPath } from "../../support/diff.ts";
import { Secret, UNKNOWN } from "../../support/values.ts";

describe("comparing state with inputs", () => {
  const fields = { name: { forceNew: true }, size: { fallback: 1 }, tags: {}, made: { computed: true } };

  it("finds nothing where nothing changed, secret or not", () => {
    const state = { name: new Secret("a"), size: 1, tags: {}, made: "x" };
    assert.deepEqual(compare(state, { name: "a" }, fields).detailed, {});
  });

  it("says which key of a map changed", () => {
    const { detailed } = compare({ tags: { "a.b": "1", c: "2" } }, { tags: { "a.b": "9", c: "2" } }, fields);
    assert.deepEqual(detailed, { 'tags["a.b"]': { kind: "update", inputDiff: true } });
  });

  it("replaces where the field says so, and treats an unknown as a change", () => {
    const { detailed } = compare({ name: "a", size: 2 }, { name: UNKNOWN, size: 2 }, fields);
    assert.deepEqual(detailed, { name: { kind: "update-replace", inputDiff: true } });
  });

  it("goes back to the default when a property is left out", () => {
    assert.deepEqual(compare({ size: 5 }, {}, fields).detailed, { size: { kind: "update", inputDiff: true } });
  });

  it("writes paths as the engine does", () => {
    assert.equal(["a", 0, "b.c"].reduce(joinPath, ""), 'a[0]["b.c"]');
  });
});
