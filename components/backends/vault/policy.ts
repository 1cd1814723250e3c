import { exactName } from "../../support/exact.ts";
import type { VaultCredentialsGrant, VaultReadGrant } from "./grant.ts";

/**
 * Vault policy that allows reading these secrets and nothing else. The `data/` infix of KV v2 is added here and in no
 * other place.
 *
 * @throws when a path holds `*` or `+`, which Vault reads as wildcards.
 */
export function vaultReadPolicy(grants: readonly VaultReadGrant[]): string {
  // Vault takes no empty policy: a namespace may get nothing but what a database engine issues.
  return grants.length === 0 ? "# no secret of a KV engine\n" : rulesOf(pathsOf(grants, "data"), ["read"]);
}

/**
 * Vault policy that allows making these secrets, and reading whether they are there. The operator marks in a secret's
 * metadata that it made it, and then writes the value: by that time the secret is there for Vault, and is updated.
 * Without permission to read metadata it can't overwrite a secret that another writer has created meanwhile.
 *
 * @throws when a path holds `*` or `+`, which Vault reads as wildcards.
 */
export function vaultWritePolicy(grants: readonly VaultReadGrant[]): string {
  const values = rulesOf(pathsOf(grants, "data"), ["read", "update"]);
  return [values, rulesOf(pathsOf(grants, "metadata"), ["create", "update"])].join("\n");
}

/**
 * Vault policy that allows reading the credentials of these roles, and no role's settings.
 *
 * @throws when a path holds `*` or `+`, which Vault reads as wildcards.
 */
export function vaultCredentialsPolicy(grants: readonly VaultCredentialsGrant[]): string {
  return rulesOf([...new Set(grants.map(({ mount, path }) => `${mount}/${path}`))].sort(), ["read"]);
}

function pathsOf(grants: readonly VaultReadGrant[], infix: "data" | "metadata"): readonly string[] {
  return [...new Set(grants.map(({ mount, path }) => `${mount}/${infix}/${path}`))].sort();
}

function rulesOf(paths: readonly string[], capabilities: readonly string[]): string {
  const rights = capabilities.map((each) => JSON.stringify(each)).join(", ");
  return paths.map((path) => `path ${JSON.stringify(exact(path))} {\n  capabilities = [${rights}]\n}\n`).join("\n");
}

function exact(path: string): string {
  return exactName(path, { policy: "a Vault policy", names: "paths", wildcards: /[*+]/ });
}
