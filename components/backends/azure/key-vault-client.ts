import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { messageOf } from "../../support/messages/errors.ts";
import { azureClouds, vaultUrl, type AzureKeyVaultSpec } from "./key-vault.ts";
import { vaultApiVersion, vaultResourceUrl, type VaultSettings } from "./recovered-vault.ts";
import { once } from "../../support/once.ts";
import { send } from "./send.ts";
import { refusalPolicy } from "./refusal-policy.ts";
import { throttlingPolicy } from "./throttling.ts";

/**
 * What Pulumi's provider does not answer about a vault: its data plane, and whether it is waiting to be recovered. An
 * interface, so that tests and a preview without Azure can bring answers of their own.
 */
export interface KeyVaultApi {
  /** Names of all secrets, disabled ones too, and when each was changed last (seconds since 1970). No values. */
  list(): Promise<readonly ListedSecret[]>;
  /** Ids of the versions of a secret, disabled ones too. No values. */
  versions(name: string): Promise<readonly string[]>;
  /** A version of a secret, by default the newest; `undefined` when there is none. */
  get(name: string, version?: string): Promise<string | undefined>;
  /** Whether the vault itself was deleted and can be recovered. */
  isDeleted(): Promise<boolean>;
  /** Changes the vault itself in place. */
  settle(settings: VaultSettings): Promise<void>;
}

export interface ListedSecret {
  readonly name: string;
  readonly updated?: number;
}

/** An access token of the deployer for a resource, such as `https://vault.azure.net`. */
export type TokenSource = (resource: string) => Promise<string>;

/** Creates the client of a vault; sends no request yet. */
export type OpenKeyVaultApi = (spec: AzureKeyVaultSpec, token: TokenSource) => KeyVaultApi;

/** Client of the vault itself, over HTTPS. Microsoft's SDK is loaded at the first request. */
export const openKeyVaultApi: OpenKeyVaultApi = (spec, token) => {
  const client = once(() => secretClient(spec, token));
  return {
    async list() {
      const found: ListedSecret[] = [];
      for await (const { name, updatedOn } of (await client()).listPropertiesOfSecrets()) {
        found.push({ name, ...(updatedOn === undefined ? {} : { updated: Math.floor(updatedOn.getTime() / 1000) }) });
      }
      return found;
    },
    async versions(name) {
      const found: string[] = [];
      for await (const { version } of (await client()).listPropertiesOfSecretVersions(name)) {
        if (version !== undefined) found.push(version);
      }
      return found;
    },
    async get(name, version) {
      try {
        const { value } = await (await client()).getSecret(name, version === undefined ? {} : { version });
        return value;
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    isDeleted: () => isDeleted(spec, token),
    settle: (settings) => settle(spec, token, settings),
  };
};

async function secretClient(spec: AzureKeyVaultSpec, token: TokenSource) {
  const { SecretClient } = await import("@azure/keyvault-secrets");
  const getToken = async () => {
    const found = await token(`https://${spec.vaultSuffix}`);
    return { token: found, expiresOnTimestamp: expiryOf(found) };
  };
  return new SecretClient(vaultUrl(spec), { getToken }, { additionalPolicies: await clientPolicies() });
}

/** What the client does with answers beyond what Microsoft's SDK does. */
export async function clientPolicies(): Promise<AdditionalPolicy[]> {
  const policies = await Promise.all([throttlingPolicy(), refusalPolicy()]);
  return policies.map((policy) => ({ policy, position: "perCall" }));
}

interface AdditionalPolicy {
  readonly policy: PipelinePolicy;
  readonly position: "perCall";
}

/**
 * https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/get-deleted: a right on the subscription, which a
 * deployer with rights on the resource group lacks. Then Azure refuses to create the vault, and says what to do.
 */
async function isDeleted(spec: AzureKeyVaultSpec, token: TokenSource): Promise<boolean> {
  const { subscriptionId, location, vault, vaultSuffix } = spec;
  const base = `https://${azureClouds[vaultSuffix].management}`;
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${vault}`;
  const url = `${base}${path}?api-version=${vaultApiVersion}`;
  const { status } = await manage({ url, token: await token(base) });
  if ([403, 404].includes(status)) return false;
  if (status >= 200 && status < 300) return true;
  throw new Error(`asking for a deleted vault ${vault} in ${location} failed with status ${status}`);
}

/** https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/update: what is not named stays as it is. */
async function settle(spec: AzureKeyVaultSpec, token: TokenSource, settings: VaultSettings): Promise<void> {
  const base = `https://${azureClouds[spec.vaultSuffix].management}`;
  const { status, text } = await manage({
    url: vaultResourceUrl(spec),
    token: await token(base),
    method: "PATCH",
    body: JSON.stringify(settings),
  });
  if (status < 200 || status >= 300) throw new Error(`status ${status}: ${text}`);
}

interface ManagementRequest {
  readonly url: string;
  readonly token: string;
  /** Default: `GET`. */
  readonly method?: "GET" | "PATCH";
  readonly body?: string;
}

/** Queries Resource Manager. */
function manage({ url, token, method = "GET", body }: ManagementRequest) {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  return send({ url, method, headers, ...(body === undefined ? {} : { body }) });
}

/** When a token expires, in milliseconds; unknown counts as now, so that the next request asks for another. */
function expiryOf(token: string): number {
  const { exp } = claimsOf(token);
  return typeof exp === "number" ? exp * 1000 : 0;
}

/** Whose token it is: only a person's names what an application may do in their name (`scp`). */
export function principalTypeOf(token: string): "User" | "ServicePrincipal" {
  return claimsOf(token)["scp"] === undefined ? "ServicePrincipal" : "User";
}

/** Claims of a token; none if its format is Azure's own. Azure verifies the signature. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/**
 * Why a vault refused: `rights` may be a role assignment that does not count yet, which can take minutes; `recoverable` is
 * a deleted name, which only those with that right can bring back.
 */
export type KeyVaultRefusal = "rights" | "recoverable" | "network" | "absent" | "other";

/** What a failure of the data plane, of the provider or of the operator means. */
export function refusalOf(error: unknown): KeyVaultRefusal {
  const words = `${messageOf(error)} ${innerCode(error)}`;
  if (/ForbiddenByRbac|not authorized to perform action/i.test(words)) return "rights";
  if (/ObjectIsDeletedButRecoverable|deleted but recoverable/i.test(words)) return "recoverable";
  if (
    /ForbiddenByFirewall|ForbiddenByConnection|Client address is not authorized|Public network access is disabled/i.test(
      words,
    )
  ) {
    return "network";
  }
  return /ENOTFOUND|getaddrinfo|ResourceNotFound|\b404\b/.test(words) ? "absent" : "other";
}

/** Key Vault's `innererror`, which distinguishes a missing role from a firewall; the message may not. */
function innerCode(error: unknown): string {
  const details = (error as { details?: { error?: { innerError?: { code?: unknown } } } } | undefined)?.details;
  const code = details?.error?.innerError?.code;
  return typeof code === "string" ? code : "";
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number } | undefined)?.statusCode;
}
