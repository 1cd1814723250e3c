import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { givenOptions } from "./given-options.ts";
import { ExpectedError } from "../support/messages/errors.ts";
import {
  isOpenSshPrivateKey,
  openSshPublicKey,
  publicBlobOf,
  publicKeyOfBlob,
  readOpenSshPrivateKey,
} from "./openssh.ts";

/** How a public key is written: as a line of `authorized_keys`, or as SubjectPublicKeyInfo in PEM. */
export const publicKeyFormats = ["openssh", "pem"] as const;
export type PublicKeyFormat = (typeof publicKeyFormats)[number];

/** The public key of a private key of the same secret. */
export interface PublicKeyRecipe {
  readonly kind: "public-key";
  readonly of: string;
  /** Default: `openssh` for a private key in OpenSSH's format, `pem` for any other. */
  readonly format?: PublicKeyFormat;
}

/**
 * The public key that belongs to a private key of the same secret: always to the one that is there, because it is computed
 * from it.
 *
 * @param key key of an `sshKeyPair()`, of a `keyPair()`, or of a private key that people provide.
 */
export function publicKeyOf(key: string, options: Pick<PublicKeyRecipe, "format"> = {}): PublicKeyRecipe {
  return { kind: "public-key", of: key, ...givenOptions(options) };
}

export interface PublicKeyArgs {
  /** Whose value it is, for the message: `<app>/<secret> <key>`. */
  readonly of: string;
  readonly value: string | undefined;
  readonly format?: PublicKeyFormat;
}

/**
 * The public key of a private key, which is in OpenSSH's format, or in PEM as PKCS#8, PKCS#1 or SEC1. Pure.
 *
 * @throws ExpectedError where it is none of them, or has a passphrase in PEM; the message holds nothing of it.
 */
export function publicKeyText({ of, value, format }: PublicKeyArgs): string {
  if (value === undefined) throw new Error(`${of} has no value to derive from, which parsing should have found`);
  if (isOpenSshPrivateKey(value)) {
    const parts = readOpenSshPrivateKey(value) ?? unreadable(of);
    if (format !== "pem") return openSshPublicKey(parts.publicBlob, parts.comment);
    return pem(publicKeyOfBlob(parts.publicBlob) ?? formless(of, "PEM"));
  }
  const key = publicKeyOfPem(value) ?? unreadable(of);
  if (format !== "openssh") return pem(key);
  return openSshPublicKey(publicBlobOf(key) ?? formless(of, "OpenSSH"), "");
}

function pem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

/** Not `createPublicKey` at once, which takes certificates and public keys as well. */
function publicKeyOfPem(value: string): KeyObject | undefined {
  try {
    return createPublicKey(createPrivateKey(value).export({ type: "pkcs8", format: "pem" }));
  } catch {
    return undefined;
  }
}

function unreadable(of: string): never {
  throw new ExpectedError(
    `${of}: the value is no private key that a public key can be derived from. It must be in OpenSSH's format, or in PEM (PKCS#8, PKCS#1 or SEC1) without a passphrase.\n` +
      `    fix: provide it in one of these formats (docs/key-pairs.md#private-keys-that-you-provide)`,
  );
}

function formless(of: string, format: string): never {
  throw new ExpectedError(
    `${of}: ${format} has no form for a public key of this type.\n` +
      `    fix: leave out the format, or provide an Ed25519, RSA or ECDSA key (docs/key-pairs.md#private-keys-that-you-provide)`,
  );
}
