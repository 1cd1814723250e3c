import bcrypt from "bcryptjs";

/** bcrypt reads no more than 72 bytes; a longer password would be accepted by its first 72 alone. */
export const bcryptLimit = 72;

const cost = 10;

/**
 * The bcrypt hash of a value with a salt of our own, kept in the state: a fresh salt would make a new hash, and a
 * change, at every run. Prefix `$2a$`, which Argo CD and htpasswd readers accept.
 *
 * @throws when the value is longer than 72 bytes; the message holds its length only.
 */
export function bcryptHash(value: string | undefined, salt: Buffer): string {
  if (value === undefined) throw new Error("bcrypt: the key to hash has no value");
  const length = Buffer.byteLength(value);
  if (length > bcryptLimit)
    throw new Error(`bcrypt: the value has ${length} bytes, bcrypt reads ${bcryptLimit} at most`);
  return bcrypt.hashSync(value, `$2a$${cost}$${bcrypt.encodeBase64(salt, 16)}`);
}
