import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { seal, sealingLabel, sealingScopes, type SealedPlace } from "../../../components/sealed-secrets/seal.ts";
import { unseal, unsealBytes } from "./unseal.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const place: SealedPlace = { namespace: "shop", secretName: "shop-db", scope: "strict" };
const sealed = (value: string, label = sealingLabel(place)) => seal({ value, publicKey, label, entropy: randomBytes });

describe("sealing a value", () => {
  it("is undone by the private key, for any text", () => {
    for (const value of ["", "s3cret", "ünïcode ✓\n", "x".repeat(100_000)]) {
      assert.equal(unseal(sealed(value), privateKey, "shop/shop-db"), value);
    }
  });

  it("seals the bytes of a value that is base64", () => {
    const bytes = Buffer.from([0xfe, 0xed, 0x00, 0xff]);
    const value = bytes.toString("base64");
    const ciphertext = seal({ value, encoding: "base64", publicKey, label: "", entropy: randomBytes });
    assert.deepEqual(unsealBytes(ciphertext, privateKey, ""), bytes);
  });

  it("begins with the length of the RSA ciphertext, and has a tag of 16 bytes at its end", () => {
    const bytes = Buffer.from(sealed("four"), "base64");
    assert.deepEqual([bytes.readUInt16BE(0), bytes.length], [256, 2 + 256 + 4 + 16]);
  });

  it("differs each time, and never encrypts twice with one key", () => {
    const keys: string[] = [];
    const entropy = (count: number) => {
      const bytes = randomBytes(count);
      keys.push(bytes.toString("hex"));
      return bytes;
    };
    const all = Array.from({ length: 5 }, () => seal({ value: "s3cret", publicKey, label: "", entropy }));
    assert.deepEqual([new Set(all).size, new Set(keys).size, keys[0]?.length], [5, 5, 64]);
  });

  it("is bound to what its scope says", () => {
    const labels = sealingScopes.map((scope) => sealingLabel({ ...place, scope }));
    assert.deepEqual(labels, ["shop/shop-db", "shop", ""]);
    for (const label of labels) {
      for (const other of labels) {
        if (label === other) assert.equal(unseal(sealed("s3cret", label), privateKey, other), "s3cret");
        else assert.throws(() => unseal(sealed("s3cret", label), privateKey, other));
      }
    }
  });
});
