import { constants, createCipheriv, publicEncrypt, type KeyObject } from "node:crypto";
import { unreachable } from "../support/messages/errors.ts";
import type { Entropy } from "../values/entropy.ts";

/**
 * Where a value that was sealed may be unsealed: in the Secret of that name and namespace alone, in any Secret of the
 * namespace, or anywhere in the cluster.
 */
export const sealingScopes = ["strict", "namespace-wide", "cluster-wide"] as const;
export type SealingScope = (typeof sealingScopes)[number];

/** The Secret that a value is sealed for. */
export interface SealedPlace {
  readonly namespace: string;
  readonly secretName: string;
  readonly scope: SealingScope;
}

/**
 * What the ciphertext is bound to: the controller unseals it under the same label only (`EncryptionLabel` of
 * bitnami-labs/sealed-secrets v0.36.6, `pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go`).
 */
export function sealingLabel({ namespace, secretName, scope }: SealedPlace): string {
  switch (scope) {
    case "strict":
      return `${namespace}/${secretName}`;
    case "namespace-wide":
      return namespace;
    case "cluster-wide":
      return "";
    default:
      return unreachable(scope);
  }
}

const sessionKeyBytes = 32;
const nonceBytes = 12;

interface SealArgs {
  readonly value: string;
  /** What the value is in, where the Secret has its bytes. Default: it is text. */
  readonly encoding?: "base64";
  readonly publicKey: KeyObject;
  readonly label: string;
  /** Random bytes. Every call must get new ones: the nonce is always zero, which is safe for a key that is used once. */
  readonly entropy: Entropy;
}

/**
 * Seals one value, as base64: `length of the RSA ciphertext (2 bytes) || RSA ciphertext || AES ciphertext`, where RSA-OAEP
 * with SHA-256 encrypts a new key of 256 bits and AES-GCM with that key the value (`HybridEncrypt` of
 * bitnami-labs/sealed-secrets v0.36.6, `pkg/crypto/crypto.go`). The result differs on each call.
 */
export function seal({ value, encoding, publicKey, label, entropy }: SealArgs): string {
  const sessionKey = entropy(sessionKeyBytes);
  const wrapped = publicEncrypt(
    {
      key: publicKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: "sha256",
      oaepLabel: Buffer.from(label, "utf8"),
    },
    sessionKey,
  );
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrapped.length);
  const cipher = createCipheriv("aes-256-gcm", sessionKey, Buffer.alloc(nonceBytes));
  const sealed = [cipher.update(Buffer.from(value, encoding ?? "utf8")), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([length, wrapped, ...sealed]).toString("base64");
}
