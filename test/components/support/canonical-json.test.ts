import assert from "node:assert/strict";
import { canonicalJson, sortedByKey } from "../../../components/support/canonical-json.ts";

describe("JSON in the order of keys", () => {
  it("is the same for equal entries", () => {
    assert.equal(canonicalJson({ b: 1, a: "x", C: null }), '{"C":null,"a":"x","b":1}');
    assert.equal(canonicalJson({ C: null, a: "x", b: 1 }), '{"C":null,"a":"x","b":1}');
  });

  it("has keys that look like indices first, by number: digests in states depend on it", () => {
    assert.equal(canonicalJson({ a: 1, "10": 2, "2": 3 }), '{"2":3,"10":2,"a":1}');
  });

  it("leaves what lies deeper as it is", () => {
    assert.equal(canonicalJson({ b: [{ z: 1, a: 2 }], a: { z: 1, a: 2 } }), '{"a":{"z":1,"a":2},"b":[{"z":1,"a":2}]}');
  });

  it("sorts entries without changing the record", () => {
    const record = { b: 1, a: 2 };
    assert.deepEqual(Object.keys(sortedByKey(record)), ["a", "b"]);
    assert.deepEqual(Object.keys(record), ["b", "a"]);
  });
});
