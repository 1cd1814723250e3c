import { answerJson, readBody } from "../support/http.ts";
import type { GatewayRequest, GatewayResponse } from "../support/route.ts";
import type { ServiceAccountVerifier } from "../support/tokens.ts";
import type { AccessTokens, Caller } from "./access-tokens.ts";
import { AzureRefusal, SignInRefusal } from "./answers.ts";
import { AZURE_SANDBOX, LOGIN_HOST, MANAGEMENT_RESOURCE, VAULT_RESOURCE } from "./directory.ts";
import { verifyAssertion } from "./federation.ts";
import type { AzureState } from "./state.ts";

const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** Azure Resource Manager answers to both of its names. */
const AUDIENCES: Readonly<Record<string, string>> = {
  [VAULT_RESOURCE]: VAULT_RESOURCE,
  [MANAGEMENT_RESOURCE]: MANAGEMENT_RESOURCE,
  "https://management.core.windows.net": MANAGEMENT_RESOURCE,
};

/** What the authority needs. */
export interface LoginOptions {
  readonly state: AzureState;
  readonly tokens: AccessTokens;
  readonly verify: ServiceAccountVerifier;
}

/** What a request to the authority is called in counters and faults. */
export function loginOperation(request: GatewayRequest): string {
  const path = (request.url ?? "").split("?")[0] ?? "";
  if (path.endsWith("/token")) return "Token";
  return path.endsWith("/openid-configuration") ? "OpenIdConfiguration" : "InstanceDiscovery";
}

/**
 * login.microsoftonline.com, for applications only: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 * (a shared secret, or a federated credential). MSAL asks for the discovery documents before it asks for a token.
 */
export async function login(options: LoginOptions, request: GatewayRequest, response: GatewayResponse): Promise<void> {
  const url = new URL(request.url ?? "/", `https://${LOGIN_HOST}`);
  const [tenant = "", ...rest] = url.pathname.split("/").filter((part) => part !== "");
  const path = rest.join("/");
  if (path === "discovery/instance") return answerJson(response, 200, instanceDiscovery());
  if (path === "v2.0/.well-known/openid-configuration") return answerJson(response, 200, openIdConfiguration(tenant));
  if (request.method !== "POST" || !/^oauth2\/(v2\.0\/)?token$/.test(path)) {
    throw new AzureRefusal(404, "NotFound", `The sandbox's fake authority has no ${request.method} ${url.pathname}`);
  }
  const form = new URLSearchParams((await readBody(request)).toString("utf8"));
  checkTenant(tenant);
  const audience = audienceOf(form);
  const caller = await callerOf(options, form);
  const { token, expiresAt, seconds } = await options.tokens.issue(caller, audience);
  const v1 = path === "oauth2/token";
  answerJson(response, 200, {
    token_type: "Bearer",
    // The older endpoint writes numbers as text.
    expires_in: v1 ? String(seconds) : seconds,
    ext_expires_in: v1 ? String(seconds) : seconds,
    ...(v1 ? { expires_on: String(expiresAt), not_before: String(expiresAt - seconds), resource: audience } : {}),
    access_token: token,
  });
}

function checkTenant(tenant: string): void {
  if (tenant === AZURE_SANDBOX.tenantId) return;
  throw new SignInRefusal(
    400,
    "invalid_request",
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. ` +
      `Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );
}

function audienceOf(form: URLSearchParams): string {
  const scope = (form.get("scope") ?? "").split(" ").find((one) => one.endsWith("/.default"));
  const wanted = (scope?.slice(0, -"/.default".length) ?? form.get("resource") ?? "").replace(/\/+$/, "");
  const audience = AUDIENCES[wanted];
  if (audience !== undefined) return audience;
  throw new SignInRefusal(
    400,
    "invalid_resource",
    500011,
    `The resource principal named ${wanted} was not found in the tenant named Sandbox. This can happen if the application has ` +
      `not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent ` +
      `your authentication request to the wrong tenant.`,
  );
}

async function callerOf({ state, verify }: LoginOptions, form: URLSearchParams): Promise<Caller> {
  if (form.get("grant_type") !== "client_credentials") {
    throw new SignInRefusal(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
  }
  const clientId = form.get("client_id") ?? "";
  const { deployer } = AZURE_SANDBOX;
  if (clientId === deployer.clientId) {
    if (form.get("client_secret") !== deployer.clientSecret) throw wrongSecret(clientId);
    return { clientId, objectId: deployer.objectId };
  }
  const identity = Object.values(state.identities).find((one) => one.clientId === clientId);
  if (identity === undefined) throw unknownApplication(clientId);
  const assertion = form.get("client_assertion");
  // Nobody knows a secret of a managed identity, so none is right.
  if (assertion === null || form.get("client_assertion_type") !== JWT_BEARER) throw wrongSecret(clientId);
  await verifyAssertion(assertion, Object.values(identity.federatedCredentials), verify);
  return { clientId, objectId: identity.principalId };
}

function wrongSecret(clientId: string): SignInRefusal {
  return new SignInRefusal(
    401,
    "invalid_client",
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client ` +
      `secret ID, for a secret added to app '${clientId}'.`,
  );
}

function unknownApplication(clientId: string): SignInRefusal {
  return new SignInRefusal(
    400,
    "unauthorized_client",
    700016,
    `Application with identifier '${clientId}' was not found in the directory 'Sandbox'. This can happen if the application has ` +
      `not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your ` +
      `authentication request to the wrong tenant.`,
  );
}

function instanceDiscovery(): unknown {
  return {
    tenant_discovery_endpoint: `https://${LOGIN_HOST}/${AZURE_SANDBOX.tenantId}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: LOGIN_HOST, preferred_cache: LOGIN_HOST, aliases: [LOGIN_HOST] }],
  };
}

function openIdConfiguration(tenant: string): unknown {
  const base = `https://${LOGIN_HOST}/${tenant}`;
  return {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_types_supported: ["code"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
  };
}
