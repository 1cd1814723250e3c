/** HTTP/1.1 and JSON: https://google.aip.dev/127 and the `google.api.http` rules in the protos. */
import { hostOf } from "../support/gateway.ts";
import { BodyTooLarge, parseJson, readBody } from "../support/http.ts";
import type { GatewayRequest, GatewayResponse, Handler } from "../support/route.ts";
import { GcpError, STATUS } from "./errors.ts";
import { ExchangeRefused } from "./identity/token-exchange.ts";

/** A request, taken apart. */
export interface RestRequest {
  /** What the parts in parentheses of the pattern matched, decoded. */
  readonly parts: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** One method of an API over REST. */
export interface RestMethod {
  /** How it is counted: "GetSecret". */
  readonly operation: string;
  readonly method: string;
  readonly path: RegExp;
  readonly serve: (request: RestRequest) => unknown;
}

/** The methods of each host. */
export type RestHosts = Readonly<Record<string, readonly RestMethod[]>>;

/** Answers requests to these hosts. */
export function restHandler(hosts: RestHosts): Handler {
  return async (request, response) => {
    try {
      const { found, parts, query } = route(hosts, request);
      if (found === undefined)
        throw new GcpError(
          "NOT_FOUND",
          `The sandbox's fake of Google Cloud does not serve ${request.method} ${pathOf(request)}`,
        );
      const body = bodyOf(request, await readBody(request));
      json(response, 200, await found.serve({ parts, query, body, authorization: request.headers.authorization }));
    } catch (error) {
      failed(response, error);
    }
  };
}

/** Names what is asked for; never with a resource's name. */
export function restOperation(hosts: RestHosts): (request: GatewayRequest) => string {
  return (request) => route(hosts, request).found?.operation ?? request.method ?? "";
}

/** Answers as Google does when a quota is used up (https://cloud.google.com/docs/quotas/troubleshoot). */
export const throttled: Handler = (_request, response) => {
  failed(
    response,
    new GcpError(
      "RESOURCE_EXHAUSTED",
      "Quota exceeded for quota metric 'Access requests' and limit 'Access requests per minute'.",
    ),
  );
};

/** Answers as Google does when a right is missing. */
export const denied: Handler = (_request, response) => {
  failed(response, new GcpError("PERMISSION_DENIED", "The caller does not have permission"));
};

function route(
  hosts: RestHosts,
  request: GatewayRequest,
): { found: RestMethod | undefined; parts: readonly string[]; query: Record<string, string> } {
  const url = new URL(request.url ?? "/", "https://localhost");
  const query = Object.fromEntries(url.searchParams);
  for (const method of hosts[hostOf(request)] ?? []) {
    const match = method.method === request.method ? method.path.exec(url.pathname) : null;
    if (match !== null)
      return { found: method, parts: match.slice(1).map((part) => decodeURIComponent(part ?? "")), query };
  }
  return { found: undefined, parts: [], query };
}

function bodyOf(request: GatewayRequest, bytes: Buffer): unknown {
  const text = bytes.toString("utf8");
  if ((request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  const parsed = parseJson(text);
  if (parsed === undefined) throw new GcpError("INVALID_ARGUMENT", "Invalid JSON payload received.");
  return parsed;
}

function pathOf(request: GatewayRequest): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}

function failed(response: GatewayResponse, error: unknown): void {
  if (error instanceof GcpError) json(response, STATUS[error.status].http, error.toJson());
  else if (error instanceof ExchangeRefused) json(response, error.status, error.toJson());
  else if (error instanceof BodyTooLarge) json(response, 400, new GcpError("INVALID_ARGUMENT", error.message).toJson());
  else throw error;
}

function json(response: GatewayResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json; charset=UTF-8");
  response.end(JSON.stringify(body));
}
