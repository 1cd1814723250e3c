import assert from "node:assert/strict";
import { heldInObject, heldInSecret } from "../../../components/applications/held.ts";
import type { RemoteObject } from "../../../components/backends/remote-object.ts";

const canary = "canary-in-use-3b7e";
const bundle: RemoteObject = { name: "acme-test/shop/db", layout: "bundle", keys: ["password", "username"] };
const single: RemoteObject = { name: "acme-test/shop/db/password", layout: "per-key", keys: ["password"] };
const noText = { problem: "has bytes that are not valid UTF-8" };

describe("what a store holds already", () => {
  it("is every text of its JSON object by key, known to the catalogue or not", () => {
    const held = { password: canary, theirs: "", ["__proto__"]: "x" };
    const payload = `{"password":"${canary}","theirs":"","__proto__":"x"}`;
    assert.deepEqual(
      Object.entries(heldInObject(bundle, payload).values),
      Object.entries(held).map(([key, text]) => [key, { text }]),
    );
    assert.equal(heldInObject(bundle, payload).problem, undefined);
  });

  for (const [name, value, problem] of [
    ["a number", "5432", "is a number in the store's JSON"],
    ["a truth value", "true", "is a boolean in the store's JSON"],
    ["null", "null", "is null in the store's JSON"],
    ["a list", `["${canary}"]`, "is a list in the store's JSON"],
    ["an object", `{"${canary}":1}`, "is an object in the store's JSON"],
    ["bytes", '"\uFFFD"', noText.problem],
  ] as const) {
    it(`can't be ours where a value is ${name}`, () => {
      assert.deepEqual(heldInObject(bundle, `{"password":"${canary}","port":${value}}`), {
        values: { password: { text: canary }, port: { problem } },
      });
    });
  }

  for (const [name, payload, found] of [
    ["plain text", canary, "plain text"],
    ["text that begins as JSON", `{"password":"${canary}"`, "plain text"],
    ["nothing", "", "plain text"],
    ["a list", `["${canary}"]`, "JSON that is a list"],
    ["a number", "5432", "JSON that is a number"],
    ["a text in JSON", `"${canary}"`, "JSON that is a string"],
    ["null", "null", "JSON that is null"],
  ] as const) {
    it(`is nothing that could be kept where a bundle is ${name}`, () => {
      assert.deepEqual(heldInObject(bundle, payload), {
        values: {},
        problem: `holds ${found} under "acme-test/shop/db", but this program stores a JSON object with a string for each key`,
      });
    });
  }

  it("is the whole payload of a key that has an object of its own, JSON or not", () => {
    for (const payload of [canary, `{"password":"${canary}"}`, "5432", ""]) {
      assert.deepEqual(heldInObject(single, payload), { values: { password: { text: payload } } });
    }
    assert.deepEqual(heldInObject(single, "\uFFFD"), { values: { password: noText } });
  });
});

describe("what a Secret of a cluster holds already", () => {
  const base64 = (value: string | Buffer) => Buffer.from(value).toString("base64");

  it("is every text by key, exactly: with its line break, its umlauts, or empty", () => {
    const data = { password: base64(`${canary}\n`), name: base64("Grüße 🔑"), empty: "" };
    assert.deepEqual(heldInSecret(data), {
      password: { text: `${canary}\n` },
      name: { text: "Grüße 🔑" },
      empty: { text: "" },
    });
  });

  it("can't be ours where it is bytes", () => {
    assert.deepEqual(heldInSecret({ keystore: base64(Buffer.from([0xfe, 0xed, 0xff])) }), { keystore: noText });
  });

  it("is the base64 of what the catalogue says is bytes", () => {
    const keystore = base64(Buffer.from([0xfe, 0xed, 0xff]));
    assert.deepEqual(heldInSecret({ keystore, name: base64("shop") }, new Set(["keystore"])), {
      keystore: { text: keystore },
      name: { text: "shop" },
    });
  });
});
