import { answerJson } from "../support/http.ts";
import type { GatewayRequest, GatewayResponse, Handler, Route } from "../support/route.ts";
import type { ServiceAccountVerifier } from "../support/tokens.ts";
import { accessTokens } from "./access-tokens.ts";
import { answerRefusal, AzureRefusal, SignInRefusal } from "./answers.ts";
import { arm, armOperation } from "./arm/index.ts";
import { LOGIN_HOST, MANAGEMENT_HOST, VAULT_SUFFIX } from "./directory.ts";
import { login, loginOperation } from "./login.ts";
import { openStore } from "./state.ts";
import { vaultData, vaultOfHost, vaultOperation } from "./vault/data.ts";

/** What the fake Azure is made of. */
export interface AzureOptions {
  /** Where its state is kept, readable by the owner only: it holds values. */
  readonly folder: string;
  /** Verifies tokens of the sandbox's cluster. */
  readonly verify: ServiceAccountVerifier;
  /** Milliseconds since 1970; the clock by default. */
  readonly now?: () => number;
  /** How long a new role assignment does not count: minutes in Azure, none by default. */
  readonly rolePropagationMs?: number;
}

/**
 * A fake of Azure: the authority, Resource Manager and vaults, as far as External Secrets and the program use them. It verifies
 * tokens, enforces role assignments, keeps versions and deleted things; it does not imitate Azure's delays and quotas.
 */
export async function azureRoutes(
  options: AzureOptions,
): Promise<{ readonly routes: readonly Route[]; readonly close: () => Promise<void> }> {
  const store = await openStore(options.folder);
  const tokens = accessTokens(store.state.signingKey);
  const now = options.now ?? Date.now;
  const data = { store, tokens, now };
  const management = { ...data, rolePropagationMs: options.rolePropagationMs ?? 0 };
  const routes: Route[] = [
    {
      name: "azure",
      matches: (host) => host === LOGIN_HOST,
      operation: loginOperation,
      handler: refusing((request, response) =>
        login({ state: store.state, tokens, verify: options.verify }, request, response),
      ),
      throttled: signInFailure(
        429,
        "temporarily_unavailable",
        90033,
        "A transient error has occurred. Please try again.",
      ),
      denied: signInFailure(401, "invalid_client", 7000112, "Application is disabled."),
    },
    {
      name: "azure",
      matches: (host) => host === MANAGEMENT_HOST,
      operation: armOperation,
      handler: refusing((request, response) => arm(management, request, response)),
      throttled: failure(429, "TooManyRequests", "The request is being throttled as the limit has been reached.", "1"),
      denied: failure(403, "AuthorizationFailed", "The client does not have authorization to perform this action."),
    },
    {
      name: "azure",
      // A vault that does not exist has no host name either.
      matches: (host) => host.endsWith(VAULT_SUFFIX) && vaultOfHost(store, host) !== undefined,
      absent: (host) =>
        host.endsWith(VAULT_SUFFIX)
          ? `getaddrinfo ENOTFOUND ${host}: the sandbox's Azure has no such vault`
          : undefined,
      operation: vaultOperation,
      handler: refusing((request, response) => vaultData(data, request, response)),
      // https://learn.microsoft.com/azure/key-vault/general/overview-throttling
      throttled: failure(
        429,
        "Throttled",
        "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached",
      ),
      denied: (_request, response) =>
        answerRefusal(
          response,
          new AzureRefusal(403, "Forbidden", "Caller is not authorized to perform action on resource.", {
            inner: "ForbiddenByRbac",
          }),
        ),
    },
  ];
  return { routes, close: store.save };
}

function refusing(handler: (request: GatewayRequest, response: GatewayResponse) => Promise<void>): Handler {
  return async (request, response) => {
    try {
      await handler(request, response);
    } catch (error) {
      answerRefusal(response, error);
    }
  };
}

function failure(status: number, code: string, message: string, retryAfter?: string): Handler {
  return (_request, response) =>
    answerJson(
      response,
      status,
      { error: { code, message } },
      retryAfter === undefined ? {} : { "Retry-After": retryAfter },
    );
}

function signInFailure(status: number, error: string, number: number, text: string): Handler {
  return (_request, response) => answerRefusal(response, new SignInRefusal(status, error, number, text));
}
