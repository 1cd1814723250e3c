import { createHash } from "node:crypto";

/** What the server keeps of a password, and takes in place of one: SHA-256, in hexadecimal. */
export function passwordHash(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}

export interface ChangeArgs {
  /** Hashes that the user has, the newest last. */
  readonly held: readonly string[];
  readonly password: string;
  /** Passwords of which clients may use any. */
  readonly inUse: readonly string[];
}

/**
 * Rules that give a user its new password and leave it those that may be in use, or the newest other one where none is known
 * to be. Those of earlier rotations go. Rules of one command take effect at once. Empty where nothing is to be changed. Pure.
 */
export function passwordRules({ held, password, inUse }: ChangeArgs): readonly string[] {
  const wanted = passwordHash(password);
  const others = held.filter((hash) => hash !== wanted);
  const used = inUse.length === 0 ? others.slice(-1) : inUse.map(passwordHash);
  const added = held.includes(wanted) ? [] : [`#${wanted}`];
  return [...added, ...others.filter((hash) => !used.includes(hash)).map((hash) => `!${hash}`)];
}
