import { answerJson, readJsonBody } from "../../support/http.ts";
import { hostOf } from "../../support/gateway.ts";
import type { GatewayRequest, GatewayResponse } from "../../support/route.ts";
import { type AccessTokens, type Caller, callerText } from "../access-tokens.ts";
import { AzureRefusal, ids, notInFake } from "../answers.ts";
import { AZURE_SANDBOX, LOGIN_HOST, VAULT_RESOURCE } from "../directory.ts";
import { firewallAllows } from "./firewall.ts";
import { type Action, isAllowed } from "../rbac.ts";
import * as secrets from "./secrets.ts";
import { type DeletedSecret, type SecretVersion, type Store, type StoredSecret, type StoredVault } from "../state.ts";
import { NEEDED, parseVaultRequest, type VaultRequest } from "./requests.ts";
import { parseSetBody, parseUpdateBody } from "./bodies.ts";

/** What the data plane of the vaults needs. */
export interface VaultDataOptions {
  readonly store: Store;
  readonly tokens: AccessTokens;
  readonly now: () => number;
}

const PAGE_SIZE = 25;

/** The vault of a host, `<name>.vault.azure.net`; deleted ones have no host. */
export function vaultOfHost(store: Store, host: string): StoredVault | undefined {
  return store.state.vaults[host.split(".")[0] ?? ""];
}

/** What a request to a vault is called in counters and faults. */
export function vaultOperation(request: GatewayRequest): string {
  return parseVaultRequest(request)?.operation ?? "Unknown";
}

/** The data plane, secrets only: https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups */
export async function vaultData(
  options: VaultDataOptions,
  request: GatewayRequest,
  response: GatewayResponse,
): Promise<void> {
  const vault = vaultOfHost(options.store, hostOf(request));
  if (vault === undefined) throw new AzureRefusal(404, "NotFound", `There is no vault ${hostOf(request)}.`);
  const caller = await authenticate(options, request);
  const parsed = parseVaultRequest(request);
  if (parsed === undefined) throw notInFake(`${request.method} ${request.url} of a vault`);
  checkApiVersion(parsed.query);
  const now = options.now();
  authorize(options, vault, parsed, caller, now);
  secrets.expireDeleted(vault, now);
  const body = await serve(options, vault, parsed, request, now);
  if (body === undefined) {
    response.writeHead(204, ids());
    response.end();
    return;
  }
  answerJson(response, 200, body, ids());
}

async function serve(
  { store }: VaultDataOptions,
  vault: StoredVault,
  { operation, name, version, query }: VaultRequest,
  request: GatewayRequest,
  now: number,
): Promise<unknown> {
  switch (operation) {
    case "GetSecret": {
      const { secret, found } = secrets.getVersion(vault, name, version, now);
      if (!found.attributes.enabled) throw disabled();
      return { value: found.value, ...itemOf(vault, secret, found, true) };
    }
    case "GetSecrets": {
      const all = Object.values(vault.secrets).filter((secret) => (secret.recoveringUntil ?? 0) <= now);
      return page(
        vault,
        "secrets",
        byName(all, (secret) => secret.name),
        query,
        (secret) => itemOf(vault, secret, latest(secret), false),
      );
    }
    case "GetSecretVersions": {
      const { secret } = secrets.getVersion(vault, name, undefined, now);
      return page(vault, `secrets/${name}/versions`, secret.versions, query, (one) => itemOf(vault, secret, one, true));
    }
    case "GetDeletedSecret":
      return deletedOf(vault, secrets.getDeleted(vault, name), true);
    case "GetDeletedSecrets": {
      const all = byName(Object.values(vault.deletedSecrets), ({ secret }) => secret.name);
      return page(vault, "deletedsecrets", all, query, (deleted) => deletedOf(vault, deleted, false));
    }
    case "SetSecret": {
      secrets.checkName(name);
      const made = secrets.setSecret(vault, name, parseSetBody(await readJsonBody(request)), now);
      await store.save();
      return {
        value: made.value,
        ...itemOf(vault, secrets.getVersion(vault, name, undefined, now).secret, made, true),
      };
    }
    case "UpdateSecret": {
      const { secret, found } = secrets.getVersion(vault, name, version, now);
      const changed = secrets.updateVersion(found, parseUpdateBody(await readJsonBody(request)), now);
      await store.save();
      return itemOf(vault, secret, changed, true);
    }
    case "DeleteSecret": {
      const deleted = secrets.deleteSecret(vault, name, now);
      await store.save();
      return deletedOf(vault, deleted, true);
    }
    case "RecoverDeletedSecret": {
      const secret = secrets.recoverSecret(vault, name, now);
      await store.save();
      return itemOf(vault, secret, latest(secret), true);
    }
    case "PurgeDeletedSecret":
      secrets.purgeSecret(vault, name);
      await store.save();
      return undefined;
  }
}

// https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
async function authenticate({ tokens }: VaultDataOptions, request: GatewayRequest): Promise<Caller> {
  const [, token] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (token === undefined) throw challenge("AKV10000: Request is missing a Bearer or PoP token.");
  const caller = await tokens.verify(token, [VAULT_RESOURCE]);
  if (!("problem" in caller)) return caller;
  if (caller.problem === "audience") {
    throw challenge(`AKV10022: Invalid audience. Expected ${VAULT_RESOURCE}, found: ${caller.found}.`);
  }
  throw challenge("[BearerReadAccessTokenFailed] Error validating token: 'S2S12005'.");
}

function challenge(message: string): AzureRefusal {
  const authority = `https://${LOGIN_HOST}/${AZURE_SANDBOX.tenantId}`;
  const header = `Bearer authorization="${authority}", resource="${VAULT_RESOURCE}"`;
  return new AzureRefusal(401, "Unauthorized", message, { headers: { "WWW-Authenticate": header } });
}

function authorize(
  { store }: VaultDataOptions,
  vault: StoredVault,
  { operation, name }: VaultRequest,
  caller: Caller,
  now: number,
): void {
  if (!firewallAllows(vault.properties, AZURE_SANDBOX.clientAddress)) throw firewalled(vault, caller);
  const action = NEEDED[operation];
  const resource = name === "" ? vault.id : `${vault.id}/secrets/${name}`;
  const assignments = Object.values(store.state.roleAssignments);
  if (isAllowed(assignments, { principalId: caller.objectId, action, resource, now })) return;
  throw forbiddenByRbac(vault, caller, action, resource);
}

function forbiddenByRbac(vault: StoredVault, caller: Caller, action: Action, resource: string): AzureRefusal {
  return new AzureRefusal(
    403,
    "Forbidden",
    [
      "Caller is not authorized to perform action on resource.",
      "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.",
      `Caller: ${callerText(caller)}`,
      `Action: '${action}'`,
      `Resource: '${resource.toLowerCase()}'`,
      "Assignment: (not found)",
      "DenyAssignmentId: null",
      "DecisionReason: 'DeniedWithNoValidRBAC' ",
      `Vault: ${vault.name};location=${vault.location}`,
      "",
    ].join("\r\n"),
    { inner: "ForbiddenByRbac" },
  );
}

function firewalled(vault: StoredVault, caller: Caller): AzureRefusal {
  const closed = String(vault.properties["publicNetworkAccess"]).toLowerCase() === "disabled";
  return new AzureRefusal(
    403,
    "Forbidden",
    closed
      ? "Public network access is disabled and request is not from a trusted service nor via an approved private link.\r\n" +
          `Caller: ${callerText(caller)}\r\nVault: ${vault.name};location=${vault.location}`
      : `Client address is not authorized and caller is not a trusted service.\r\nClient address: ${AZURE_SANDBOX.clientAddress}\r\n` +
          `Caller: ${callerText(caller)}\r\nVault: ${vault.name};location=${vault.location}`,
    { inner: closed ? "ForbiddenByConnection" : "ForbiddenByFirewall" },
  );
}

function disabled(): AzureRefusal {
  return new AzureRefusal(403, "Forbidden", "Operation get is not allowed on a disabled secret.", {
    inner: "SecretDisabled",
  });
}

function checkApiVersion(query: URLSearchParams): void {
  const version = query.get("api-version");
  if (version === null) throw new AzureRefusal(400, "BadParameter", "The api-version parameter was not specified.");
  // 7.0 is what the SDK of External Secrets' older provider speaks.
  if (/^7\.\d$|^20\d\d-\d\d-\d\d(-preview)?$/.test(version)) return;
  throw new AzureRefusal(400, "BadParameter", `The specified version (${version}) is not recognized.`);
}

function latest(secret: StoredSecret): SecretVersion {
  const found = secret.versions.at(-1);
  if (found === undefined) throw new Error(`the secret ${secret.name} has no version`);
  return found;
}

function itemOf(vault: StoredVault, secret: StoredSecret, found: SecretVersion, withVersion: boolean): object {
  const id = `${urlOf(vault)}/secrets/${secret.name}`;
  const purgeable = vault.properties["enablePurgeProtection"] === true ? "" : "+Purgeable";
  return {
    id: withVersion ? `${id}/${found.version}` : id,
    ...(found.contentType === undefined ? {} : { contentType: found.contentType }),
    attributes: {
      ...found.attributes,
      recoveryLevel: `Recoverable${purgeable}`,
      recoverableDays: vault.properties["softDeleteRetentionInDays"],
    },
    tags: found.tags ?? {},
  };
}

function deletedOf(vault: StoredVault, deleted: DeletedSecret, withVersion: boolean): object {
  const { secret, deletedDate, scheduledPurgeDate } = deleted;
  const recoveryId = `${urlOf(vault)}/deletedsecrets/${secret.name}`;
  return { recoveryId, deletedDate, scheduledPurgeDate, ...itemOf(vault, secret, latest(secret), withVersion) };
}

function page<Item>(
  vault: StoredVault,
  path: string,
  items: readonly Item[],
  query: URLSearchParams,
  shown: (item: Item) => object,
): object {
  const size = Number(query.get("maxresults") ?? PAGE_SIZE);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_SIZE) {
    throw new AzureRefusal(400, "BadParameter", `maxresults must be from 1 to ${PAGE_SIZE}.`);
  }
  const start = Number(query.get("$skiptoken") ?? 0);
  const next = start + size;
  const parameters = `api-version=${query.get("api-version")}&$skiptoken=${next}&maxresults=${size}`;
  return {
    value: items.slice(start, next).map(shown),
    nextLink: next < items.length ? `${urlOf(vault)}:443/${path}?${parameters}` : null,
  };
}

function byName<Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[] {
  return [...items].sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
}

function urlOf(vault: StoredVault): string {
  return `https://${vault.name.toLowerCase()}.vault.azure.net`;
}
