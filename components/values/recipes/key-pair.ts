import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Issue } from "../../support/messages/errors.ts";
import { received } from "../../support/messages/received.ts";
import { givenOptions } from "../given-options.ts";
import { openSshPrivateKey } from "../openssh.ts";
import type { RandomKind } from "./contract.ts";

/** Types of keys, by algorithm and size. */
export const keyTypes = [
  "ed25519",
  "rsa-2048",
  "rsa-3072",
  "rsa-4096",
  "ecdsa-p256",
  "ecdsa-p384",
  "ecdsa-p521",
] as const;
export type KeyType = (typeof keyTypes)[number];

/** A key pair for SSH; the value is the private key in OpenSSH's format. */
export interface SshKeyPairRecipe {
  readonly kind: "ssh-key-pair";
  readonly type: KeyType;
  /** What `authorized_keys` calls the key. Default: nothing. */
  readonly comment?: string;
}

/** A key pair for signatures, such as of JSON Web Tokens; the value is the private key in PEM. */
export interface KeyPairRecipe {
  readonly kind: "key-pair";
  readonly type: KeyType;
}

/**
 * A key pair for SSH. The value is the private key, in OpenSSH's format and without a passphrase; `publicKeyOf` writes the
 * public key that belongs to it. Default: Ed25519, no comment.
 */
export function sshKeyPair(options: Partial<Omit<SshKeyPairRecipe, "kind">> = {}): SshKeyPairRecipe {
  const { type = "ed25519", ...others } = givenOptions(options);
  return { kind: "ssh-key-pair", type, ...others };
}

/**
 * A key pair for signatures. The value is the private key, as PKCS#8 in PEM and without a passphrase; `publicKeyOf` writes
 * the public key that belongs to it.
 */
export function keyPair(options: Omit<KeyPairRecipe, "kind">): KeyPairRecipe {
  return { kind: "key-pair", ...givenOptions(options) };
}

/** What follows from a type: how to make it, and what limits ask. */
interface Traits {
  readonly make: () => { readonly privateKey: KeyObject };
  /** Bits, as NIST SP 800-57 part 1 rev. 5 (table 2) counts them; RSA with 4096 as SP 800-56B rev. 2 (appendix D) does. */
  readonly strength: number;
  /** Characters of a private key, of OpenSSH's format without a comment. */
  readonly pem: number;
  readonly openSsh: number;
}

const traits: Readonly<Record<KeyType, Traits>> = {
  ed25519: { make: () => generateKeyPairSync("ed25519"), strength: 128, pem: 119, openSsh: 387 },
  "rsa-2048": rsa(2048, { strength: 112, pem: 1704, openSsh: 1799 }),
  "rsa-3072": rsa(3072, { strength: 128, pem: 2484, openSsh: 2579 }),
  "rsa-4096": rsa(4096, { strength: 152, pem: 3272, openSsh: 3357 }),
  "ecdsa-p256": ecdsa("P-256", { strength: 128, pem: 241, openSsh: 486 }),
  "ecdsa-p384": ecdsa("P-384", { strength: 192, pem: 306, openSsh: 596 }),
  "ecdsa-p521": ecdsa("P-521", { strength: 256, pem: 384, openSsh: 712 }),
};

function rsa(modulusLength: number, rest: Omit<Traits, "make">): Traits {
  return { make: () => generateKeyPairSync("rsa", { modulusLength }), ...rest };
}

function ecdsa(namedCurve: string, rest: Omit<Traits, "make">): Traits {
  return { make: () => generateKeyPairSync("ec", { namedCurve }), ...rest };
}

/** How much longer or shorter a key may be, whose numbers need not have all of their leading bytes. */
const tolerance = 16;
/** Most characters of a comment. */
const mostCharacters = 255;

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const characters = `${letters}+/=- \n`;
const stronger = "choose a type that is strong enough, such as ed25519, rsa-3072 or ecdsa-p256";

/** The keys themselves are made by Node's own generator, which takes no bytes from elsewhere. */
export const sshKeyPairKind: RandomKind<SshKeyPairRecipe> = {
  fingerprint: ({ kind, type, comment = "" }) => JSON.stringify({ kind, type, comment }),
  generate: ({ type, comment = "" }, entropy) =>
    openSshPrivateKey({ key: traits[type].make().privateKey, comment, check: entropy(4) }),
  strength: ({ type }) => traits[type].strength,
  // The comment is in base64 too, and lines get longer with it.
  maximumLength: ({ type, comment = "" }) => traits[type].openSsh + tolerance + Math.ceil(comment.length * 1.4) + 16,
  minimumLength: ({ type }) => traits[type].openSsh - tolerance,
  characters: () => characters,
  problem: ({ comment }) => commentProblem(comment),
  stronger,
};

export const keyPairKind: RandomKind<KeyPairRecipe> = {
  fingerprint: ({ kind, type }) => JSON.stringify({ kind, type }),
  generate: ({ type }) => traits[type].make().privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  strength: ({ type }) => traits[type].strength,
  maximumLength: ({ type }) => traits[type].pem + tolerance,
  minimumLength: ({ type }) => traits[type].pem - tolerance,
  characters: () => characters,
  problem: () => undefined,
  stronger,
};

/** A line break in it would begin another line of `authorized_keys`, and another key. */
function commentProblem(comment: string | undefined): Omit<Issue, "path"> | undefined {
  if (comment === undefined || (/^[!-~](?:[ -~]*[!-~])?$/.test(comment) && comment.length <= mostCharacters)) {
    return undefined;
  }
  const problem = `comment must be a line of printable ASCII, without spaces at its ends, of 1 to ${mostCharacters} characters, ${received(comment)}`;
  return { problem, fix: 'such as comment: "argocd@example.com", or leave it out' };
}
