import type { GatewayRequest } from "../../support/route.ts";
import { ACTIONS, type Action } from "../rbac.ts";

/** What is asked of a vault. */
export interface VaultRequest {
  readonly operation: VaultOperation;
  readonly name: string;
  readonly version: string | undefined;
  readonly query: URLSearchParams;
}

/** The operations that the fake has, by their names in the REST reference. */
export type VaultOperation = keyof typeof NEEDED;

/**
 * The right that each needs:
 * https://learn.microsoft.com/azure/key-vault/general/rbac-guide and the REST reference of each operation
 * (https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups).
 */
export const NEEDED = {
  GetSecrets: ACTIONS.readMetadata,
  GetSecret: ACTIONS.get,
  GetSecretVersions: ACTIONS.readMetadata,
  SetSecret: ACTIONS.set,
  UpdateSecret: ACTIONS.update,
  DeleteSecret: ACTIONS.delete,
  GetDeletedSecrets: ACTIONS.readMetadata,
  GetDeletedSecret: ACTIONS.readMetadata,
  RecoverDeletedSecret: ACTIONS.recover,
  PurgeDeletedSecret: ACTIONS.purge,
} satisfies Record<string, Action>;

/** Reads a request to a vault; `undefined` for what the fake does not have (keys, certificates, backups). */
export function parseVaultRequest(request: GatewayRequest): VaultRequest | undefined {
  const url = new URL(request.url ?? "/", "https://vault");
  // The older SDK asks for "/secrets/NAME/" when it wants the current version.
  const [collection, name = "", third] = url.pathname.split("/").filter((part) => part !== "");
  const operation = operationOf(`${request.method} ${collection}`, name, third);
  if (operation === undefined) return undefined;
  const version = third === undefined || third === "versions" || third === "recover" ? undefined : third;
  return { operation, name: decodeURIComponent(name), version, query: url.searchParams };
}

function operationOf(call: string, name: string, third: string | undefined): VaultOperation | undefined {
  switch (call) {
    case "GET secrets":
      if (name === "") return "GetSecrets";
      return third === "versions" ? "GetSecretVersions" : "GetSecret";
    case "PUT secrets":
      return third === undefined ? "SetSecret" : undefined;
    case "PATCH secrets":
      return "UpdateSecret";
    case "DELETE secrets":
      return third === undefined ? "DeleteSecret" : undefined;
    case "GET deletedsecrets":
      return name === "" ? "GetDeletedSecrets" : "GetDeletedSecret";
    case "POST deletedsecrets":
      return third === "recover" ? "RecoverDeletedSecret" : undefined;
    case "DELETE deletedsecrets":
      return third === undefined ? "PurgeDeletedSecret" : undefined;
    default:
      return undefined;
  }
}
