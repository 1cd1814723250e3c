import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../support/errors.ts";
import { exchange, type HttpText, jsonOf } from "../support/https.ts";
import { isJsonMap, type Json, type JsonMap, textOf } from "../support/values.ts";

/** A refusal by Google, worded as its Go client words it (google.golang.org/api, googleapi/googleapi.go). */
export class GoogleApiError extends Error {
  readonly status: number;
  /** `error.message` alone. */
  readonly reason: string;
  constructor(status: number, body: Json, text: string) {
    const error = isJsonMap(body) ? body["error"] : undefined;
    const reason = isJsonMap(error) ? textOf(error["message"]) : "";
    const details = isJsonMap(error) && Array.isArray(error["details"]) ? error["details"] : [];
    const list = details.length === 0 ? "" : `\nDetails:\n${JSON.stringify(details, undefined, 2)}`;
    super(
      reason === ""
        ? `googleapi: got HTTP response code ${status} with body: ${text}`
        : `googleapi: Error ${status}: ${reason}${list}`,
    );
    this.name = "GoogleApiError";
    this.status = status;
    this.reason = reason;
  }
}

/** What distinguishes one call from the others. */
export interface CallOptions {
  readonly body?: JsonMap;
  readonly query?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** How long to go on asking when Google is busy, and how often. */
export interface Patience {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  readonly attempts: number;
}

// google/transport/retry_transport.go: from half a second on, twice as long each time. There until the resource's timeout of 20 minutes.
const PATIENCE: Patience = { firstWaitMs: 500, longestWaitMs: 10_000, attempts: 12 };
// google/transport/error_retry_predicates.go: 429 and what says that the server may do it the next time.
const BUSY = [429, 500, 502, 503];
const LOST = ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT"];

/** Google's APIs over REST, through whatever proxy the environment names. */
export class GoogleApi {
  private readonly accessToken: string;
  private readonly agent: Agent;
  private readonly patience: Patience;

  constructor(options: { accessToken: string; agent?: Agent; patience?: Patience }) {
    this.accessToken = options.accessToken;
    this.patience = options.patience ?? PATIENCE;
    // Node 22.21 and newer; its type declarations do not know the option yet.
    const proxied = { proxyEnv: process.env };
    this.agent = options.agent ?? new Agent({ keepAlive: true, ...proxied });
  }

  /** One call; throws {@link GoogleApiError}. */
  async call(method: Method, url: string, options: CallOptions = {}): Promise<JsonMap> {
    const query = new URLSearchParams(options.query ?? {}).toString();
    const full = query === "" ? url : `${url}?${query}`;
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= this.patience.attempts || options.signal?.aborted === true;
      try {
        const { status, text } = await this.exchange(method, full, options);
        const body = jsonOf(text);
        if (status < 300) return isJsonMap(body) ? body : {};
        if (last || !BUSY.includes(status)) throw new GoogleApiError(status, body, text);
      } catch (error) {
        if (last || !(error instanceof LostConnection)) throw error;
      }
      const wait = Math.min(this.patience.longestWaitMs, this.patience.firstWaitMs * 2 ** (attempt - 1));
      await sleep(wait * (0.5 + Math.random() / 2), undefined, signalOf(options));
    }
  }

  /** {@link call}; `undefined` for what is not there. */
  async find(url: string, options: CallOptions = {}): Promise<JsonMap | undefined> {
    try {
      return await this.call("GET", url, options);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private async exchange(method: Method, url: string, options: CallOptions): Promise<HttpText> {
    const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.accessToken}`,
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
    };
    try {
      return await exchange(url, { method, headers, agent: this.agent, ...signalOf(options) }, payload);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      const message = `${method} ${url}: ${messageOf(error) || String(error)}`;
      throw LOST.includes(code) ? new LostConnection(message, { cause: error }) : new Error(message, { cause: error });
    }
  }
}

/** Whether Google says that something does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof GoogleApiError && error.status === 404;
}

class LostConnection extends Error {}

function signalOf({ signal }: CallOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
