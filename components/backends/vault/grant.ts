import type { ReadGrant } from "../contract.ts";

/** The right to read one secret of a KV engine. */
export interface VaultReadGrant extends ReadGrant {
  readonly kind: "vault-kv";
  readonly mount: string;
  /** Path below the mount, without `data/`. */
  readonly path: string;
}

export function isVaultGrant(grant: ReadGrant): grant is VaultReadGrant {
  return grant.kind === "vault-kv";
}
