import { secret, Stash, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { Entropy } from "./entropy.ts";
import type { SecretSpec } from "./secret-spec.ts";

/** Bytes of a key for HMAC-SHA256: as many as its digest has (RFC 2104, section 3). */
const keyBytes = 32;

/**
 * The key that a secret's values are told apart with where the state does not hold them (`values: write-only`, what is
 * referenced in a Vault, and logins that targets were told): random, made once, kept encrypted in a `Stash` like a generated value. It outlives rotations.
 */
export function digestKey({ id }: Pick<SecretSpec, "id">, entropy: Entropy, options: CustomResourceOptions) {
  const input = secret(entropy(keyBytes).toString("base64"));
  const stash = new Stash(digestKeyName(id), { input }, { ...options, ignoreChanges: ["input"] });
  return stash.output as Output<string>;
}

/** Logical name of the key. No value can have it: neither ids nor names of keys hold an `@`. */
export function digestKeyName(id: string): string {
  return `${id}@digest-key`;
}
