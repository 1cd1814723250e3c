import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { sealedBefore, sealedKey, type SealedKeyArgs } from "../../../components/sealed-secrets/resealing.ts";
import { sealingCertificate, sealingKeys } from "../delivery/scene.ts";
import { unseal } from "./unseal.ts";

const args: SealedKeyArgs = {
  key: "password",
  value: "s3cret",
  digestKey: "key-of-shop/db",
  certificate: sealingCertificate,
  place: { namespace: "shop", secretName: "shop-db", scope: "strict" },
  before: undefined,
  entropy: randomBytes,
};
const before = sealedKey(args);
const changed = (changes: Partial<SealedKeyArgs>) => sealedKey({ ...args, before, ...changes });

describe("a value that was sealed in an earlier run", () => {
  it("is not sealed again while nothing has changed", () => {
    assert.deepEqual(changed({}), before);
  });

  const changes: readonly (readonly [string, Partial<SealedKeyArgs>])[] = [
    ["the value", { value: "other" }],
    ["the certificate", { certificate: { ...sealingCertificate, fingerprint: "CC:DD" } }],
    ["what the value is in", { encoding: "base64" }],
    ["the scope", { place: { ...args.place, scope: "namespace-wide" } }],
    ["the namespace", { place: { ...args.place, namespace: "till" } }],
    ["the name of the Secret", { place: { ...args.place, secretName: "till-db" } }],
    ["the key", { key: "username" }],
    ["the key of the fingerprint", { digestKey: "another" }],
  ];
  for (const [what, change] of changes) {
    it(`is sealed again when ${what} is another`, () => {
      const now = changed(change);
      assert.notEqual(now.ciphertext, before.ciphertext);
      assert.notEqual(now.fingerprint, before.fingerprint);
    });
  }

  it("is told by a fingerprint that holds nothing of it", () => {
    assert.match(before.fingerprint, /^[\w-]{43}$/);
    assert.equal(unseal(before.ciphertext, sealingKeys.privateKey, "shop/shop-db"), "s3cret");
  });

  const outputs = {
    metadata: { annotations: { "multicloud-secrets/sealed": JSON.stringify({ password: "p", username: "u" }) } },
    spec: { encryptedData: { password: "AgA", username: "AgB", unknown: "AgC" } },
    status: { conditions: [{ type: "Synced", status: "True" }] },
  };

  it("is read from the state by key, where it has a fingerprint", () => {
    assert.deepEqual(
      [...sealedBefore(outputs)],
      [
        ["password", { ciphertext: "AgA", fingerprint: "p" }],
        ["username", { ciphertext: "AgB", fingerprint: "u" }],
      ],
    );
  });

  it("counts for nothing where the controller could not unseal it, or it is no text", () => {
    const failed = { ...outputs, status: { conditions: [{ type: "Synced", status: "False" }] } };
    const odd = { ...outputs, spec: { encryptedData: { password: { deep: 1 } } } };
    for (const each of [
      failed,
      odd,
      {},
      { ...outputs, metadata: { annotations: { "multicloud-secrets/sealed": "{" } } },
    ])
      assert.deepEqual([...sealedBefore(each)], []);
  });
});
