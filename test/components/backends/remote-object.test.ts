import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodePayload,
  encodePayload,
  leastBytes,
  objectsOf,
  refOf,
  samePayload,
  type RemoteObject,
} from "../../../components/backends/remote-object.ts";
import { address } from "./rows/row.ts";

const nameOf = (key?: string) => ["acme/shop/db", ...(key === undefined ? [] : [key])].join("/");
const bundle: RemoteObject = { name: "acme/shop/db", layout: "bundle", keys: ["username", "password"] };
const single: RemoteObject = { name: "acme/shop/db/password", layout: "per-key", keys: ["password"] };

describe("layouts of a secret in a store", () => {
  it("are one object with all keys, or one for each key", () => {
    assert.deepEqual(
      objectsOf({ layout: "bundle" }, { address, keys: ["username", "password"], primaryKey: "password" }, nameOf),
      [bundle],
    );
    assert.deepEqual(objectsOf({ layout: "per-key" }, { address, keys: ["username", "password"] }, nameOf), [
      { name: "acme/shop/db/username", layout: "per-key", keys: ["username"] },
      single,
    ]);
  });

  it("put the primary key under the secret's own name", () => {
    const objects = objectsOf(
      { layout: "per-key" },
      { address, keys: ["username", "password"], primaryKey: "password" },
      nameOf,
    );
    assert.deepEqual(
      objects.map(({ name, keys }) => [name, keys]),
      [
        ["acme/shop/db/username", ["username"]],
        ["acme/shop/db", ["password"]],
      ],
    );
  });

  it("tell where a key is read", () => {
    assert.deepEqual(refOf(bundle, "password"), { key: "acme/shop/db", property: "password" });
    assert.deepEqual(refOf(single, "password"), { key: "acme/shop/db/password" });
  });

  it("escape what the operator would take for steps where a key begins with a dot, and leave other keys as they are", () => {
    const properties = [".env", ".a.b", "..0", "a.b", "a"].map((key) => refOf(bundle, key).property);
    assert.deepEqual(properties, ["\\.env", "\\.a\\.b", "\\.\\.0", "a.b", "a"]);
  });

  it("tell another name to the operator where it would read something else by the object's own", () => {
    assert.deepEqual(refOf({ ...bundle, reference: "acme/acme/shop/db" }, "password"), {
      key: "acme/acme/shop/db",
      property: "password",
    });
  });

  it("write a bundle as JSON of its keys, sorted, and a single key as it is", () => {
    const values = { username: "shop", password: '"quoted"', other: "not in it" };
    assert.equal(encodePayload(bundle, values), '{"password":"\\"quoted\\"","username":"shop"}');
    assert.equal(encodePayload(single, values), '"quoted"');
  });

  it("leave out of a bundle what has no value", () => {
    assert.equal(encodePayload(bundle, { username: "shop" }), '{"username":"shop"}');
  });

  it("read what they wrote", () => {
    const values = { username: "shop", password: "p" };
    assert.deepEqual(decodePayload(bundle, encodePayload(bundle, values)), values);
    assert.deepEqual(decodePayload(single, encodePayload(single, values)), { password: "p" });
  });

  for (const payload of ["no JSON", "[1]", "null", '"text"', '{"password":1}']) {
    it(`find no key of theirs in ${payload}`, () => {
      assert.deepEqual(decodePayload(bundle, payload), {});
    });
  }
});

describe("the fewest bytes of an object", () => {
  const values = fc.dictionary(fc.stringMatching(/^[-._a-zA-Z0-9]{1,20}$/), fc.stringMatching(/^[a-z0-9]{0,40}$/), {
    minKeys: 1,
  });

  it("are those of its payload, where the length of each value is known", () => {
    fc.assert(
      fc.property(values, (held) => {
        const keys = Object.keys(held);
        const lengths = Object.fromEntries(keys.map((key) => [key, held[key]?.length ?? 0]));
        const object: RemoteObject = { name: "acme/shop/db", layout: "bundle", keys };
        assert.equal(leastBytes(object, lengths), Buffer.byteLength(encodePayload(object, held)));
        const [key = ""] = keys;
        assert.equal(leastBytes({ ...object, layout: "per-key", keys: [key] }, lengths), held[key]?.length);
      }),
    );
  });

  // Key Vault's had counted one too few, and Google's neither the braces nor a key whose value people bring.
  it("count braces, and each key even where nobody knows how long its value is", () => {
    assert.equal(leastBytes(bundle, { password: 10 }), '{"password":"..........","username":""}'.length);
    assert.equal(leastBytes(bundle, {}), '{"password":"","username":""}'.length);
    assert.equal(leastBytes({ ...bundle, keys: [] }, {}), "{}".length);
  });
});

describe("comparing payloads", () => {
  for (const [a, b, same] of [
    ["text", "text", true],
    ["text", "other", false],
    ['{"a":"1","b":"2"}', '{"b":"2","a":"1"}', true],
    ['{"a":"1"}', '{"a":"1","b":"2"}', false],
    ['{"a":"1"}', '{"b":"1"}', false],
    ['{"toString":"1"}', '{"a":"1"}', false],
    ["{broken", '{"a":"1"}', false],
  ] as const) {
    it(`says that ${a} and ${b} are ${same ? "the same" : "different"}`, () => {
      assert.equal(samePayload(a, b), same);
      assert.equal(samePayload(b, a), same);
    });
  }
});
