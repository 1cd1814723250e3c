import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { NotInStandIn } from "../support/errors.ts";
import type { CheckFailure } from "../support/provider.ts";
import { type PropertyMap, reveal } from "../support/values.ts";

/** How to reach Vault. */
export interface VaultConfig {
  readonly address: string;
  readonly token: string;
  readonly namespace?: string;
  readonly caCertFile?: string;
  readonly tlsServerName?: string;
  readonly skipTlsVerify: boolean;
  readonly skipChildToken: boolean;
  readonly tokenName: string;
  readonly maxLeaseTtlSeconds: number;
  readonly maxRetries: number;
}

/**
 * Settings that this stand-in accepts and that change nothing.
 * `version` and the like are the engine's own; no version is read here, no environment is set.
 */
export const IGNORED = [
  "version",
  "pluginDownloadURL",
  "__internal",
  "__defaults",
  "addAddressToEnv",
  "maxRetriesCcc",
  "setNamespaceFromToken",
  "skipGetVaultVersion",
  "vaultVersionOverride",
];
/** Settings that this stand-in follows. */
export const USED = [
  "address",
  "token",
  "namespace",
  "caCertFile",
  "tlsServerName",
  "skipTlsVerify",
  "skipChildToken",
  "tokenName",
  "maxLeaseTtlSeconds",
  "maxRetries",
];

/** Every key that the program sets and this stand-in would silently ignore. */
export function unsupportedConfig(config: PropertyMap): readonly CheckFailure[] {
  return Object.entries(config)
    .filter(([key, value]) => value !== undefined && value !== null && ![...USED, ...IGNORED].includes(key))
    .map(([key]) => ({ property: key, reason: new NotInStandIn("vault", `Provider setting ${key}`).message }));
}

/** Reads the provider's settings; each may be absent, a string, or what a string encodes. */
export function parseConfig(config: PropertyMap, environment: NodeJS.ProcessEnv = process.env): VaultConfig {
  const text = (key: string, variable?: string): string | undefined => {
    const value = reveal(config[key] ?? null);
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "boolean" || typeof value === "number") return String(value);
    const fromEnvironment = variable === undefined ? undefined : environment[variable];
    return fromEnvironment === "" ? undefined : fromEnvironment;
  };
  const address = text("address", "VAULT_ADDR");
  if (address === undefined) throw new Error("vault: no address: set the provider's `address`, or VAULT_ADDR");
  const token = text("token", "VAULT_TOKEN") ?? savedToken(environment);
  if (token === undefined) throw new Error("vault: no token: set the provider's `token`, or VAULT_TOKEN");
  const namespace = text("namespace", "VAULT_NAMESPACE");
  const caCertFile = text("caCertFile", "VAULT_CACERT");
  const tlsServerName = text("tlsServerName", "VAULT_TLS_SERVER_NAME");
  return {
    address: address.replace(/\/+$/, ""),
    token,
    ...(namespace === undefined ? {} : { namespace }),
    ...(caCertFile === undefined ? {} : { caCertFile }),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    skipTlsVerify: text("skipTlsVerify", "VAULT_SKIP_VERIFY") === "true",
    skipChildToken: text("skipChildToken", "TERRAFORM_VAULT_SKIP_CHILD_TOKEN") === "true",
    tokenName: text("tokenName", "VAULT_TOKEN_NAME") ?? "terraform",
    maxLeaseTtlSeconds: Number(text("maxLeaseTtlSeconds", "TERRAFORM_VAULT_MAX_TTL") ?? 1200),
    maxRetries: Number(text("maxRetries", "VAULT_MAX_RETRIES") ?? 2),
  };
}

// Where `vault login` leaves its token; the official plugin looks there too.
function savedToken(environment: NodeJS.ProcessEnv): string | undefined {
  try {
    return readFileSync(join(environment["HOME"] ?? homedir(), ".vault-token"), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
