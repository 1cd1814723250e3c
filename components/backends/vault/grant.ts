import type { ReadGrant } from "../contract.ts";

/** The right to read one secret of a KV engine. */
export interface VaultReadGrant extends ReadGrant {
  readonly kind: "vault-kv";
  readonly mount: string;
  /** Path below the mount, without `data/`. */
  readonly path: string;
}

/** The right to read the credentials of one role of a database engine. */
export interface VaultCredentialsGrant extends ReadGrant {
  readonly kind: "vault-database";
  readonly mount: string;
  /** Path below the mount: `creds/<role>`, or `static-creds/<role>`. */
  readonly path: string;
  /** How long a token must be valid that reads them, in seconds: Vault revokes what it was issued for with the token. */
  readonly tokenSeconds: number;
}

export function isCredentialsGrant(grant: ReadGrant): grant is VaultCredentialsGrant {
  return grant.kind === "vault-database";
}

export function isVaultGrant(grant: ReadGrant): grant is VaultReadGrant {
  return grant.kind === "vault-kv";
}
