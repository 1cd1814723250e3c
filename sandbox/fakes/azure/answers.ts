import { randomUUID } from "node:crypto";
import { answerJson } from "../support/http.ts";
import type { GatewayResponse } from "../support/route.ts";

/** A refusal that is answered as Azure answers it: `{"error":{"code":…,"message":…}}` with a status. */
export class AzureRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly inner: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly inner?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = "AzureRefusal";
    this.status = status;
    this.code = code;
    this.inner = more.inner;
    this.headers = more.headers ?? {};
  }
}

/** A refusal by the token endpoint: another format, and a number in the text. */
export class SignInRefusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly number: number;

  constructor(status: number, error: string, number: number, text: string) {
    super(`AADSTS${number}: ${text}`);
    this.name = "SignInRefusal";
    this.status = status;
    this.error = error;
    this.number = number;
  }
}

/** Asked for something that real Azure has and this fake has not. It says so instead of making a result up. */
export function notInFake(what: string): AzureRefusal {
  return new AzureRefusal(501, "NotInSandbox", `${what} is not implemented by the sandbox's fake Azure.`);
}

/** Answers with a refusal; rethrows anything else. */
export function answerRefusal(response: GatewayResponse, error: unknown): void {
  if (error instanceof SignInRefusal) return answerSignInRefusal(response, error);
  if (!(error instanceof AzureRefusal)) throw error;
  const { status, code, message, inner, headers } = error;
  const innererror = inner === undefined ? {} : { innererror: { code: inner } };
  answerJson(response, status, { error: { code, message, ...innererror } }, { ...headers, ...ids() });
}

// https://learn.microsoft.com/entra/identity-platform/reference-error-codes#handling-error-codes-in-your-application
function answerSignInRefusal(response: GatewayResponse, refusal: SignInRefusal): void {
  const timestamp = new Date().toISOString().replace("T", " ").replace(/\.\d+/, "");
  const [trace, correlation] = [randomUUID(), randomUUID()];
  answerJson(response, refusal.status, {
    error: refusal.error,
    error_description: `${refusal.message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [refusal.number],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${refusal.number}`,
  });
}

/** The headers that every answer of Azure carries, by which people ask for support. */
export function ids(): Record<string, string> {
  return { "x-ms-request-id": randomUUID() };
}
