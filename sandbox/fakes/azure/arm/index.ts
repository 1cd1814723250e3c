import { answerJson, readJsonBody } from "../../support/http.ts";
import type { GatewayRequest, GatewayResponse } from "../../support/route.ts";
import type { AccessTokens, Caller } from "../access-tokens.ts";
import { AzureRefusal, ids, notInFake } from "../answers.ts";
import { AUTHORIZATION } from "./authorization.ts";
import { DIAGNOSTICS } from "./diagnostics.ts";
import { GROUPS } from "./groups.ts";
import { IDENTITIES } from "./identities.ts";
import { SECRETS } from "./secrets.ts";
import type { ArmAnswer, ArmCall, ArmType } from "./types.ts";
import { VAULTS } from "./vaults.ts";
import { AZURE_SANDBOX, MANAGEMENT_HOST, MANAGEMENT_RESOURCE } from "../directory.ts";
import type { Store } from "../state.ts";

/** What Resource Manager needs. */
export interface ArmOptions {
  readonly store: Store;
  readonly tokens: AccessTokens;
  readonly now: () => number;
  /** How long a new role assignment does not count yet. */
  readonly rolePropagationMs: number;
}

/** The longest patterns first: a role assignment's path begins with that of what it is about. */
const TYPES: readonly ArmType[] = [...AUTHORIZATION, ...DIAGNOSTICS, ...SECRETS, ...VAULTS, ...IDENTITIES, ...GROUPS];

/** What a request to Resource Manager is called in counters and faults, such as "PUT Microsoft.KeyVault/vaults". */
export function armOperation(request: GatewayRequest): string {
  const { pathname } = new URL(request.url ?? "/", `https://${MANAGEMENT_HOST}`);
  return `${request.method} ${find(pathname)?.type.name ?? "Unknown"}`;
}

/** management.azure.com, as far as the program goes. https://learn.microsoft.com/rest/api/resources/ */
export async function arm(options: ArmOptions, request: GatewayRequest, response: GatewayResponse): Promise<void> {
  const url = new URL(request.url ?? "/", `https://${MANAGEMENT_HOST}`);
  const caller = await authenticate(options, request);
  const found = find(url.pathname);
  const method = request.method ?? "GET";
  const serve = found?.type.methods[method];
  if (found === undefined || serve === undefined) throw notInFake(`${method} ${url.pathname} of Resource Manager`);
  const path = decodeURI(url.pathname).replace(/\/+$/, "");
  authorize(caller, `${found.type.name}/${actionOf(method)}`, path);
  if (!url.searchParams.has("api-version")) {
    throw new AzureRefusal(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  }
  const body = method === "PUT" || method === "PATCH" ? await readJsonBody(request) : undefined;
  const call: ArmCall = { ...options, parts: found.parts, path, body, caller };
  const answer = await serve(call);
  if (method !== "GET") await options.store.save();
  send(response, answer);
}

function send(response: GatewayResponse, { status, body }: ArmAnswer): void {
  if (body !== undefined) return answerJson(response, status, body, ids());
  response.writeHead(status, ids());
  response.end();
}

function find(pathname: string): { type: ArmType; parts: Record<string, string> } | undefined {
  for (const type of TYPES) {
    const match = type.pattern.exec(pathname.replace(/\/+$/, ""));
    if (match !== null) return { type, parts: { ...match.groups } };
  }
  return undefined;
}

async function authenticate({ tokens }: ArmOptions, request: GatewayRequest): Promise<Caller> {
  const [, token] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (token === undefined) {
    throw new AzureRefusal(
      401,
      "AuthenticationFailed",
      "Authentication failed. The 'Authorization' header is missing.",
    );
  }
  const caller = await tokens.verify(token, [MANAGEMENT_RESOURCE]);
  if (!("problem" in caller)) return caller;
  if (caller.problem === "audience") {
    throw new AzureRefusal(
      401,
      "InvalidAuthenticationTokenAudience",
      `The access token has been obtained for wrong audience or resource '${caller.found}'. It should exactly match with one of ` +
        `the allowed audiences '${MANAGEMENT_RESOURCE}/'.`,
    );
  }
  throw new AzureRefusal(401, "InvalidAuthenticationToken", "The access token is invalid.");
}

// The deployer owns the subscription. Nobody else has a right on the management plane, and no role here gives one.
function authorize(caller: Caller, action: string, path: string): void {
  if (caller.objectId === AZURE_SANDBOX.deployer.objectId) return;
  throw new AzureRefusal(
    403,
    "AuthorizationFailed",
    `The client '${caller.clientId}' with object id '${caller.objectId}' does not have authorization to perform action ` +
      `'${action}' over scope '${path}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

function actionOf(method: string): string {
  if (method === "GET") return "read";
  return method === "DELETE" ? "delete" : "write";
}
