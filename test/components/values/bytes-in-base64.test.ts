import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { canonicalBase64, providedBase64 } from "../../../components/values/bytes-in-base64.ts";

const at = { id: "shop/tls", key: "keystore", config: "shopKeystore" };

describe("bytes in base64", () => {
  it("are the same text however lines are broken, and the same bytes", () => {
    for (const length of [1, 2, 3, 57, 58, 300]) {
      const bytes = randomBytes(length);
      const text = bytes.toString("base64");
      const wrapped = `${text.replace(/.{76}/g, "$&\r\n")}\n`;
      assert.equal(canonicalBase64(wrapped), text);
      assert.equal(providedBase64({ ...at, value: wrapped }), text);
    }
  });

  for (const [what, value] of Object.entries({
    "without padding": "YQ",
    "with bits after the last byte": "YR==",
    "of the alphabet for URLs": "_-__",
    "with other characters": "c4nary!-Vq8Zt2",
    "of two texts in a row": "YQ==YQ==",
  })) {
    it(`are refused ${what}, and nothing of the value is said`, () => {
      assert.equal(canonicalBase64(value), undefined);
      assert.throws(() => providedBase64({ ...at, value }), {
        message:
          "shop/tls keystore: the provided value must be bytes in base64 (RFC 4648, with padding), and is not.\n" +
          "    fix: base64 < <file> | pulumi config set --secret shopKeystore",
      });
    });
  }

  it("are refused where there are none", () => {
    assert.throws(() => providedBase64({ ...at, value: " \n" }), {
      message:
        "shop/tls keystore: the provided value must be bytes in base64 (RFC 4648, with padding), and is empty.\n" +
        "    fix: base64 < <file> | pulumi config set --secret shopKeystore",
    });
  });
});
