import type { VaultReadGrant } from "../stores/contract.ts";

/**
 * Vault policy that allows reading these secrets and nothing else. The `data/` infix of KV v2 is added here and in no
 * other place.
 *
 * @throws when a path holds `*` or `+`, which Vault reads as wildcards.
 */
export function vaultReadPolicy(grants: readonly VaultReadGrant[]): string {
  const paths = [...new Set(grants.map(({ mount, path }) => `${mount}/data/${path}`))].sort();
  return paths.map((path) => `path ${JSON.stringify(exact(path))} {\n  capabilities = ["read"]\n}\n`).join("\n");
}

function exact(path: string): string {
  if (/[*+]/.test(path)) throw new Error(`a Vault policy must name exact paths, and "${path}" holds a wildcard`);
  return path;
}
