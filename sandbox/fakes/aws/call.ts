import { ACCOUNT_ID } from "./account.ts";
import type { AwsEndpoint } from "./hosts.ts";
import { parseJson } from "../support/http.ts";

/** Plain JSON of a request. */
export type Input = Readonly<Record<string, unknown>>;

/** How a service speaks: JSON with the action in a header, a form with the action in it, or REST. */
export type Protocol = "json" | "query" | "rest";

/** One call of an AWS API, as far as the front must understand it. */
export interface AwsCall extends AwsEndpoint {
  readonly protocol: Protocol;
  /** "GetParameter". */
  readonly action: string;
  readonly input: Input;
  readonly accessKeyId?: string;
  readonly sessionToken?: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What is needed of an HTTP request. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** The protocol of a service. */
export function protocolOf(service: AwsEndpoint["service"]): Protocol {
  if (service === "eks") return "rest";
  return service === "iam" || service === "sts" ? "query" : "json";
}

/** Reads what a request asks for. */
export function parseCall(endpoint: AwsEndpoint, request: RawRequest): AwsCall {
  const headers = Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name, value]) => value !== undefined && !name.startsWith(":"))
      .map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(",") : (value ?? "")]),
  );
  const text = request.body.toString("utf8");
  const protocol = protocolOf(endpoint.service);
  const accessKeyId = /Credential=([^/,\s]+)\//.exec(headers["authorization"] ?? "")?.[1];
  const sessionToken = headers["x-amz-security-token"];
  return {
    ...endpoint,
    protocol,
    ...actionAndInput(protocol, headers, request, text),
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    method: request.method,
    path: request.path,
    headers,
    body: request.body,
  };
}

function actionAndInput(
  protocol: Protocol,
  headers: Readonly<Record<string, string>>,
  { method, path }: RawRequest,
  text: string,
): { action: string; input: Input } {
  switch (protocol) {
    case "json":
      return { action: headers["x-amz-target"]?.split(".").at(-1) ?? "", input: asInput(parseJson(text)) };
    case "query": {
      const form = new URLSearchParams(method === "GET" ? (path.split("?")[1] ?? "") : text);
      return { action: form.get("Action") ?? "", input: Object.fromEntries(form) };
    }
    case "rest":
      return { action: `${method} ${path.split("?")[0]}`, input: asInput(parseJson(text)) };
  }
}

function asInput(value: unknown): Input {
  return typeof value === "object" && value !== null ? (value as Input) : {};
}

/** Names the call for counters, without its body: the gateway counts before anything is read. */
export function operationOf(headers: Readonly<Record<string, string | string[] | undefined>>, method: string): string {
  const target = headers["x-amz-target"];
  return typeof target === "string" ? (target.split(".").at(-1) ?? method) : method;
}

/** An input that is text; the empty string when it is not there. */
export function textOf(input: Input, name: string): string {
  const value = input[name];
  return typeof value === "string" ? value : "";
}

/** The whole ARN of something of a service in the sandbox's account. */
export function arnOf({ service, region }: AwsEndpoint, rest: string): string {
  return `arn:aws:${service}:${region}:${ACCOUNT_ID}:${rest}`;
}
