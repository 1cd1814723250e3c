import { Agent as HttpAgent, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { messageOf } from "../support/errors.ts";
import { open, type Options, readAll } from "../support/https.ts";
import { isJsonMap, type JsonMap, textOf } from "../support/values.ts";

/** The API server's refusal, with its own words. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  /** The first field of the object that it needs and does not have. */
  readonly requiredField: string | undefined;
  constructor(status: number, body: JsonMap) {
    super(typeof body["message"] === "string" ? body["message"] : `the server answered ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.reason = typeof body["reason"] === "string" ? body["reason"] : "";
    this.requiredField = requiredFieldOf(body);
  }
}

function requiredFieldOf({ details }: JsonMap): string | undefined {
  const causes = isJsonMap(details) && Array.isArray(details["causes"]) ? details["causes"].filter(isJsonMap) : [];
  const cause = causes.find(({ reason }) => reason === "FieldValueRequired");
  return cause === undefined ? undefined : textOf(cause["field"]);
}

/** True if the error is the API server saying that there is no such thing. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** True if the object exists already: not a conflict of versions or managers, which has the same status. */
export function isAlreadyExists(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "AlreadyExists";
}

/** One request to the API server. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

// Credentials out of an exec plugin or a token file go stale; reading certificates for every request would cost more than the request.
const CREDENTIALS_MS = 60_000;
// Enough to keep a parallel update busy, few enough not to open a thousand TLS sessions.
const MAX_SOCKETS = 64;

/** The API server over connections that stay open. */
export class Api {
  private readonly config: KubeConfig;
  private readonly server: URL;
  private readonly agents = new Map<string, HttpAgent | HttpsAgent>();
  private options: { readonly value: Promise<RequestOptions>; readonly until: number } | undefined;

  constructor(config: KubeConfig) {
    this.config = config;
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) throw new Error("the kubeconfig names no server");
    this.server = new URL(server);
  }

  /** Sends a request and answers the decoded body; throws {@link ApiError} for everything but success. */
  async send(request: ApiRequest): Promise<JsonMap> {
    const response = await this.open(request);
    const text = await readAll(response);
    const status = response.statusCode ?? 0;
    const body = parse(text);
    if (status >= 400) throw new ApiError(status, body ?? { message: text.slice(0, 500) });
    if (body === undefined) throw new ApiError(status, { message: "the server's answer is not JSON" });
    return body;
  }

  /** Opens a stream of lines: a watch. Ends when the server ends it or the signal aborts. */
  async *lines(request: ApiRequest): AsyncGenerator<JsonMap> {
    const response = await this.open(request);
    if ((response.statusCode ?? 0) >= 400) {
      throw new ApiError(response.statusCode ?? 0, parse(await readAll(response)) ?? {});
    }
    let rest = "";
    response.setEncoding("utf8");
    for await (const chunk of response as AsyncIterable<string>) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const line = parse(part);
        if (line !== undefined) yield line;
      }
    }
  }

  private async open(request: ApiRequest): Promise<IncomingMessage> {
    const options = await this.requestOptions();
    const url = new URL(this.server);
    url.pathname = `${this.server.pathname.replace(/\/+$/, "")}${request.path}`;
    for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
    const payload = request.body === undefined ? undefined : JSON.stringify(request.body);
    const headers: Record<string, string> = {
      ...(options.headers as Record<string, string> | undefined),
      Accept: "application/json",
      "User-Agent": "pulumi-kubernetes",
      ...(payload === undefined ? {} : { "Content-Type": request.contentType ?? "application/json" }),
    };
    const all: Options = { ...options, method: request.method, headers };
    const signal = request.signal === undefined ? {} : { signal: request.signal };
    try {
      return await open(url, { ...all, ...signal }, payload);
    } catch (error) {
      const where = `${request.method === "GET" ? "Get" : request.method} "${url.origin}${url.pathname}"`;
      throw new Error(`${where}: ${messageOf(error) || String(error)}`, { cause: error });
    }
  }

  private requestOptions(): Promise<RequestOptions> {
    if (this.options === undefined || this.options.until < Date.now()) {
      this.options = { value: this.loadOptions(), until: Date.now() + CREDENTIALS_MS };
    }
    return this.options.value;
  }

  private async loadOptions(): Promise<RequestOptions> {
    const options: RequestOptions & { [key: string]: unknown } = {};
    await this.config.applyToHTTPSOptions(options);
    if (this.config.getCurrentCluster()?.proxyUrl === undefined) options.agent = this.agentFor(options);
    return options;
  }

  // The library makes an agent that closes each connection; a TLS handshake for every object is most of the time of an update.
  private agentFor(options: { [key: string]: unknown }): HttpAgent | HttpsAgent {
    const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
    const tls = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
    const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
    const identity = JSON.stringify(given);
    const known = this.agents.get(identity);
    if (known !== undefined) return known;
    const shared = { keepAlive: true, maxSockets: MAX_SOCKETS };
    const agent = this.server.protocol === "https:" ? new HttpsAgent({ ...shared, ...given }) : new HttpAgent(shared);
    this.agents.set(identity, agent);
    return agent;
  }
}

function parse(text: string): JsonMap | undefined {
  if (text.trim() === "") return undefined;
  try {
    const value = JSON.parse(text) as JsonMap;
    return isJsonMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
