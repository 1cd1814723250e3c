import bcrypt from "bcryptjs";
import type { Entropy } from "./generate.ts";

/** bcrypt reads no more than 72 bytes; a longer password would be accepted by its first 72 alone. */
export const bcryptLimit = 72;

const cost = 10;

/** A new salt, in bcrypt's own notation. Prefix `$2a$`, which Argo CD and the readers of htpasswd files accept. */
export function makeSalt(entropy: Entropy): string {
  return `$2a$${cost}$${bcrypt.encodeBase64(entropy(16), 16)}`;
}

/** The salt that a hash was made with. */
export function saltOf(hash: string): string {
  return bcrypt.getSalt(hash);
}

/**
 * The bcrypt hash of a value with a salt that is kept in the state: a fresh salt would make a new hash, and a change, at
 * every run.
 *
 * @throws when the value is longer than 72 bytes; the message holds its length only.
 */
export function bcryptHash(value: string | undefined, salt: string): string {
  if (value === undefined) throw new Error("bcrypt: the key to hash has no value");
  const length = Buffer.byteLength(value);
  if (length > bcryptLimit)
    throw new Error(`bcrypt: the value has ${length} bytes, bcrypt reads ${bcryptLimit} at most`);
  return bcrypt.hashSync(value, salt);
}
