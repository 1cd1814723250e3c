import { readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../support/errors.ts";
import { exchange, jsonOf } from "../support/https.ts";
import { isJsonMap, type Json, type JsonMap } from "../support/values.ts";
import type { VaultConfig } from "./config.ts";

type Method = "GET" | "PUT" | "POST" | "DELETE" | "LIST";

/** A refusal by Vault, worded as its own Go client words it (hashicorp/vault, api/response.go). */
export class VaultError extends Error {
  readonly status: number;
  readonly errors: readonly string[];
  constructor(request: { method: string; url: string }, status: number, errors: readonly string[]) {
    const list = errors.map((error) => `* ${error}`).join("\n");
    super(`Error making API request.\n\nURL: ${request.method} ${request.url}\nCode: ${status}. Errors:\n\n${list}`);
    this.name = "VaultError";
    this.status = status;
    this.errors = errors;
  }
}

/** What distinguishes one call from the others. */
export interface CallOptions {
  readonly body?: JsonMap;
  /** An Enterprise namespace below the provider's own. */
  readonly namespace?: string | undefined;
  readonly signal?: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly body: Json;
}

const RETRY_WAIT_MS = [1000, 1500] as const;
const UPGRADE_RETRIES = 10;
const UPGRADE_WAIT_MS = 500;

/** Vault's HTTP API, with connections kept alive and the retries of the official client. */
export class VaultClient {
  private readonly config: VaultConfig;
  private readonly agent: HttpAgent | HttpsAgent;
  private readonly retryWaitMs: readonly [number, number];
  private token: Promise<string> | undefined;

  constructor(config: VaultConfig, retryWaitMs: readonly [number, number] = RETRY_WAIT_MS) {
    this.config = config;
    this.retryWaitMs = retryWaitMs;
    this.agent = config.address.startsWith("https:")
      ? new HttpsAgent({
          keepAlive: true,
          rejectUnauthorized: !config.skipTlsVerify,
          ...(config.caCertFile === undefined ? {} : { ca: readFileSync(config.caCertFile) }),
          ...(config.tlsServerName === undefined ? {} : { servername: config.tlsServerName }),
        })
      : new HttpAgent({ keepAlive: true });
  }

  /** Reads a path; `undefined` when there is nothing. */
  async read(path: string, options: CallOptions = {}): Promise<JsonMap | undefined> {
    return this.found(await this.call("GET", path, options));
  }

  /** Lists the keys under a path; `undefined` when there is nothing. */
  async list(path: string, options: CallOptions = {}): Promise<JsonMap | undefined> {
    return this.found(await this.call("GET", `${path}?list=true`, options));
  }

  async write(path: string, body: JsonMap, options: CallOptions = {}): Promise<JsonMap | undefined> {
    return this.found(await this.call("PUT", path, { ...options, body }));
  }

  /** Writes to a KV engine, which refuses everything for a moment while it upgrades itself to version 2. */
  async writeVersioned(path: string, body: JsonMap, options: CallOptions = {}): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.write(path, body, options);
        return;
      } catch (error) {
        const upgrading =
          error instanceof VaultError && error.errors.some((text) => text.includes("Upgrading from non-versioned"));
        if (!upgrading || attempt >= UPGRADE_RETRIES) throw error;
        await sleep(UPGRADE_WAIT_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
      }
    }
  }

  /** Deletes a path; what is gone already is deleted. */
  async delete(path: string, options: CallOptions = {}): Promise<void> {
    await this.call("DELETE", path, options);
  }

  private found(answer: Answer): JsonMap | undefined {
    if (!isJsonMap(answer.body)) return undefined;
    // A soft-deleted version answers 404 with its metadata: the caller decides what that means.
    const data = answer.body["data"];
    return isJsonMap(data) ? data : undefined;
  }

  private async call(method: Method, path: string, options: CallOptions): Promise<Answer> {
    return this.send(method, path, await this.clientToken(), options);
  }

  // The official plugin works with a short-lived child of the token it is given, unless it is told not to.
  private clientToken(): Promise<string> {
    this.token ??= this.config.skipChildToken ? Promise.resolve(this.config.token) : this.childToken();
    return this.token;
  }

  private async childToken(): Promise<string> {
    const ttl = `${this.config.maxLeaseTtlSeconds}s`;
    const body = { display_name: this.config.tokenName, ttl, explicit_max_ttl: ttl, renewable: false };
    const answer = await this.send("POST", "auth/token/create", this.config.token, { body });
    const auth = isJsonMap(answer.body) ? answer.body["auth"] : undefined;
    const token = isJsonMap(auth) ? auth["client_token"] : undefined;
    if (typeof token !== "string") throw new Error("failed to create limited child token: Vault answered without one");
    return token;
  }

  private async send(method: Method, path: string, token: string, options: CallOptions): Promise<Answer> {
    const url = `${this.config.address}/v1/${encodePath(path)}`;
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= this.config.maxRetries;
      try {
        const answer = await this.exchange(method, url, token, options);
        if (answer.status < 400 || answer.status === 404) return answer;
        // hashicorp/vault api.DefaultRetryPolicy: a server error may pass, "not implemented" never does.
        const retry = answer.status >= 500 && answer.status !== 501 && !last;
        if (!retry) throw new VaultError({ method, url }, answer.status, errorsOf(answer.body));
      } catch (error) {
        if (error instanceof VaultError || last || options.signal?.aborted === true) throw error;
      }
      const [least, most] = this.retryWaitMs;
      const wait = (least + Math.random() * (most - least)) * (attempt + 1);
      await sleep(wait, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  }

  private async exchange(method: Method, url: string, token: string, options: CallOptions): Promise<Answer> {
    const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
    const namespace = [this.config.namespace, options.namespace]
      .filter((part) => part !== undefined && part !== "")
      .join("/");
    const headers: Record<string, string> = {
      "X-Vault-Token": token,
      "X-Vault-Request": "true",
      ...(namespace === "" ? {} : { "X-Vault-Namespace": namespace }),
      ...(payload === undefined ? {} : { "Content-Type": "application/json" }),
    };
    const signal = options.signal === undefined ? {} : { signal: options.signal };
    try {
      const { status, text } = await exchange(url, { method, headers, agent: this.agent, ...signal }, payload);
      return { status, body: jsonOf(text) };
    } catch (error) {
      throw new Error(`${method} ${url}: ${messageOf(error) || String(error)}`, { cause: error });
    }
  }
}

// Slashes separate; everything else that a URL would read as its own is data. The query is the caller's.
function encodePath(path: string): string {
  const [route = "", query] = path.split("?", 2);
  const encoded = route.split("/").map(encodeURIComponent).join("/");
  return query === undefined ? encoded : `${encoded}?${query}`;
}

function errorsOf(body: Json): string[] {
  const errors = isJsonMap(body) ? body["errors"] : undefined;
  return Array.isArray(errors) ? errors.map(String) : [];
}
