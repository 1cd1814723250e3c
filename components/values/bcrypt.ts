import bcrypt from "bcryptjs";
import { ExpectedError } from "../support/messages/errors.ts";
import type { Entropy } from "./entropy.ts";

/** bcrypt reads no more than 72 bytes; a longer password would be accepted by its first 72 alone. */
export const bcryptLimit = 72;

const cost = 10;

/** A new salt, in bcrypt's own notation. Prefix `$2a$`, which Argo CD and the readers of htpasswd files accept. */
export function makeSalt(entropy: Entropy): string {
  return `$2a$${cost}$${bcrypt.encodeBase64(entropy(16), 16)}`;
}

/** The salt that a hash was made with; `undefined` for a text that is no bcrypt hash. */
export function saltOf(hash: string): string | undefined {
  return /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash) ? bcrypt.getSalt(hash) : undefined;
}

export interface BcryptArgs {
  /** Whose value it is, for the message: `<app>/<secret> <key>`. */
  readonly of: string;
  readonly value: string | undefined;
  readonly salt: string;
}

/**
 * The bcrypt hash of a value with a salt that is kept in the state: a fresh salt would make a new hash, and a change, at
 * every run.
 *
 * @throws ExpectedError when the value is longer than 72 bytes, which only one that people brought can be; the message holds
 * its length only.
 */
export function bcryptHash({ of, value, salt }: BcryptArgs): string {
  if (value === undefined) throw new Error(`${of} has no value to hash, which parsing should have found`);
  const length = Buffer.byteLength(value);
  if (length > bcryptLimit) {
    throw new ExpectedError(
      `${of}: the value has ${length} bytes, and of a value to hash bcrypt reads at most ${bcryptLimit}.\n` +
        `    fix: provide a shorter one`,
    );
  }
  return bcrypt.hashSync(value, salt);
}
