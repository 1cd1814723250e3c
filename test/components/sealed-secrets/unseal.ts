import { constants, createDecipheriv, privateDecrypt, type KeyObject } from "node:crypto";

/** The text of a value, as the controller unseals it. */
export function unseal(ciphertext: string, privateKey: KeyObject, label: string): string {
  return unsealBytes(ciphertext, privateKey, label).toString("utf8");
}

/** What the controller does with one value (`HybridDecrypt` of bitnami-labs/sealed-secrets v0.36.6, `pkg/crypto/crypto.go`). */
export function unsealBytes(ciphertext: string, privateKey: KeyObject, label: string): Buffer {
  const bytes = Buffer.from(ciphertext, "base64");
  const end = 2 + bytes.readUInt16BE(0);
  const sessionKey = privateDecrypt(
    {
      key: privateKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: "sha256",
      oaepLabel: Buffer.from(label, "utf8"),
    },
    bytes.subarray(2, end),
  );
  const decipher = createDecipheriv("aes-256-gcm", sessionKey, Buffer.alloc(12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(end, -16)), decipher.final()]);
}
