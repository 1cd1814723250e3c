import type { VaultReadGrant } from "../stores/contract.ts";

/**
 * Vault policy that allows reading these secrets and nothing else. The `data/` infix of KV v2 is added here and in no
 * other place.
 *
 * @throws when a path holds `*` or `+`, which Vault reads as wildcards.
 */
export function vaultReadPolicy(grants: readonly VaultReadGrant[]): string {
  return policyOf(pathsOf(grants, "data"), ["read"]);
}

/**
 * Vault policy that allows making these secrets, and reading whether they are there. The operator marks what it made in
 * the secret's metadata, before it writes the value.
 *
 * @throws when a path holds `*` or `+`, which Vault reads as wildcards.
 */
export function vaultWritePolicy(grants: readonly VaultReadGrant[]): string {
  const paths = [...pathsOf(grants, "data"), ...pathsOf(grants, "metadata")];
  return policyOf(paths, ["create", "read", "update"]);
}

function pathsOf(grants: readonly VaultReadGrant[], infix: "data" | "metadata"): readonly string[] {
  return [...new Set(grants.map(({ mount, path }) => `${mount}/${infix}/${path}`))].sort();
}

function policyOf(paths: readonly string[], capabilities: readonly string[]): string {
  const rights = capabilities.map((each) => JSON.stringify(each)).join(", ");
  return paths.map((path) => `path ${JSON.stringify(exact(path))} {\n  capabilities = [${rights}]\n}\n`).join("\n");
}

function exact(path: string): string {
  if (/[*+]/.test(path)) throw new Error(`a Vault policy must name exact paths, and "${path}" holds a wildcard`);
  return path;
}
