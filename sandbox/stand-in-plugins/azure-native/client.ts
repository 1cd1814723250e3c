import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { exchange } from "../support/https.ts";
import { isJsonMap, type Json, type JsonMap } from "../support/values.ts";
import type { AzureConfig } from "./config.ts";
import { type HttpAnswer, managementError, signInError, vaultError } from "./errors.ts";

/** What differs in tests: another proxy, another authority to trust, no waiting. */
export interface ClientOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly ca?: string;
  readonly retryDelayMs?: number;
}

const LOGIN = "https://login.microsoftonline.com";
const MANAGEMENT = "https://management.azure.com";
const VAULT_SCOPE = "https://vault.azure.net";
const VAULT_API_VERSION = "7.6";
// azcore's defaults (sdk/azcore/policy, RetryOptions): three more attempts, from 800 ms on, doubled, at most a minute.
const RETRIES = 3;
const RETRY_DELAY_MS = 800;
const LONGEST_DELAY_MS = 60_000;
const RETRIED = new Set([408, 429, 500, 502, 503, 504]);
/** A token is not used in the last minute of its life: a request under way must not outlive it. */
const MARGIN_MS = 60_000;

interface Token {
  readonly value: string;
  readonly expiresAt: number;
}

/** Azure's HTTP APIs, signed in as a service principal, with the retries of the official client. */
export class AzureClient {
  readonly config: AzureConfig;
  private readonly agent: Agent;
  private readonly retryDelayMs: number;
  private readonly tokens = new Map<string, Promise<Token>>();

  constructor(config: AzureConfig, options: ClientOptions) {
    this.config = config;
    this.retryDelayMs = options.retryDelayMs ?? RETRY_DELAY_MS;
    // A variable of its own: the types of Node 22 do not know `proxyEnv` yet.
    const agent = {
      keepAlive: true,
      proxyEnv: options.environment,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    };
    this.agent = new Agent(agent);
  }

  /** Reads a resource; `undefined` when there is none. */
  async get(id: string, apiVersion: string, signal: AbortSignal): Promise<JsonMap | undefined> {
    const answer = await this.management("GET", id, apiVersion, undefined, signal);
    if (answer.status === 404) return undefined;
    return this.successful(answer);
  }

  /** Creates or changes a resource. */
  async put(id: string, apiVersion: string, body: JsonMap, signal: AbortSignal): Promise<JsonMap> {
    return this.successful(await this.management("PUT", id, apiVersion, body, signal));
  }

  /** Deletes a resource; what is gone already is deleted. */
  async delete(id: string, apiVersion: string, signal: AbortSignal): Promise<void> {
    const answer = await this.management("DELETE", id, apiVersion, undefined, signal);
    if (answer.status >= 300 && answer.status !== 404) throw managementError(answer);
  }

  /** A call of a vault's data plane; `undefined` for 404. */
  async vault(method: string, vault: string, path: string, signal: AbortSignal): Promise<JsonMap | undefined> {
    const url = `${VAULT_SCOPE.replace("//", `//${vault.toLowerCase()}.`)}/${path}?api-version=${VAULT_API_VERSION}`;
    const answer = await this.authorized(method, url, VAULT_SCOPE, undefined, signal);
    if (answer.status === 404) return undefined;
    if (answer.status >= 300) throw vaultError(method, url, answer);
    return isJsonMap(answer.body) ? answer.body : {};
  }

  /** An access token for a resource such as `https://vault.azure.net`. */
  async token(resource: string, signal: AbortSignal): Promise<string> {
    const scope = resource.replace(/\/+$/, "");
    const known = await this.tokens.get(scope)?.catch(() => undefined);
    if (known !== undefined && known.expiresAt - MARGIN_MS > Date.now()) return known.value;
    const asked = this.signIn(scope, signal);
    this.tokens.set(scope, asked);
    return (await asked).value;
  }

  close(): void {
    this.agent.destroy();
  }

  private management(
    method: string,
    id: string,
    apiVersion: string,
    body: JsonMap | undefined,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const url = `${MANAGEMENT}${encodeURI(id)}?api-version=${apiVersion}`;
    return this.authorized(method, url, MANAGEMENT, body, signal);
  }

  private successful(answer: HttpAnswer): JsonMap {
    if (answer.status >= 300 || !isJsonMap(answer.body)) throw managementError(answer);
    return answer.body;
  }

  private async signIn(scope: string, signal: AbortSignal): Promise<Token> {
    const { tenantId, clientId, clientSecret } = this.config;
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${scope}/.default`,
    });
    const answer = await this.send("POST", `${LOGIN}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`, signal, {
      payload: form.toString(),
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
    const { access_token: value, expires_in: seconds } = isJsonMap(answer.body) ? answer.body : {};
    if (answer.status !== 200 || typeof value !== "string") throw signInError(answer);
    return { value, expiresAt: Date.now() + Number(seconds) * 1000 };
  }

  private async authorized(
    method: string,
    url: string,
    resource: string,
    body: JsonMap | undefined,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const headers = { Authorization: `Bearer ${await this.token(resource, signal)}` };
    const json = { "Content-Type": "application/json" };
    const payload = body === undefined ? "" : JSON.stringify(body);
    return this.send(method, url, signal, { payload, headers: body === undefined ? headers : { ...headers, ...json } });
  }

  private async send(method: string, url: string, signal: AbortSignal, content: Content): Promise<HttpAnswer> {
    for (let attempt = 0; ; attempt++) {
      const answer = await attemptOf(() => once(method, url, this.agent, signal, content), signal);
      const retry = attempt < RETRIES && (answer instanceof Error || RETRIED.has(answer.status));
      if (!retry) {
        if (answer instanceof Error) throw answer;
        return answer;
      }
      const named = answer instanceof Error ? NaN : Number(answer.headers["retry-after"]) * 1000;
      const delay = Number.isNaN(named) ? this.retryDelayMs * 2 ** attempt : named;
      await sleep(Math.min(delay, LONGEST_DELAY_MS), undefined, { signal });
    }
  }
}

interface Content {
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function attemptOf(send: () => Promise<HttpAnswer>, signal: AbortSignal): Promise<HttpAnswer | Error> {
  try {
    return await send();
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    return error;
  }
}

async function once(
  method: string,
  url: string,
  agent: Agent,
  signal: AbortSignal,
  { payload, headers }: Content,
): Promise<HttpAnswer> {
  const { text, ...answer } = await exchange(url, { method, agent, signal, headers }, payload);
  return { ...answer, body: parsed(text) };
}

/** Of a refusal that is no JSON the text is shown. */
function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
