import assert from "node:assert/strict";
import fc from "fast-check";
import { containsSecret, containsUnknown, equal, Secret, UNKNOWN } from "../../support/values.ts";
import { decode, encode } from "../../support/wire.ts";

describe("properties on the wire", () => {
  it("keeps secrets and unknowns at every depth", () => {
    const map = { a: new Secret({ b: [new Secret("c"), 1] }), d: { e: UNKNOWN }, f: null, g: new Secret(UNKNOWN) };
    const back = decode(encode(map));
    assert.ok(back["a"] instanceof Secret);
    assert.deepEqual(back, map);
    assert.ok(containsSecret(back["a"]) && containsUnknown(back["d"]) && containsUnknown(back["g"]));
  });

  it("leaves out what is undefined", () => {
    assert.deepEqual(decode(encode({ a: undefined, b: 1 })), { b: 1 });
  });

  it("takes any JSON there and back", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), (map) => {
        // No API has such a key, and a plain object can not hold it.
        fc.pre(!JSON.stringify(map).includes("__proto__"));
        // Protobuf numbers know no minus zero.
        const plain = JSON.parse(JSON.stringify(map)) as never;
        assert.ok(equal(decode(encode(plain)), plain));
      }),
      { numRuns: 50 },
    );
  });
});
