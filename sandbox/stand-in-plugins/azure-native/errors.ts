import { isJsonMap, type Json } from "../support/values.ts";

/** What a server answered, whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A refusal by Azure. Its message is what the official plugin shows, which depends on the client that asked. */
export class AzureError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(message: string, answer: HttpAnswer) {
    super(message);
    this.name = "AzureError";
    this.status = answer.status;
    this.code = codeOf(answer.body);
  }
}

/** A refusal by Resource Manager (pulumi-azure-native, provider/pkg/azure: AzureError). */
export function managementError(answer: HttpAnswer): AzureError {
  const error = errorOf(answer.body);
  const message = isJsonMap(error) && typeof error["message"] === "string" ? error["message"] : "";
  const code = codeOf(answer.body);
  return new AzureError(
    `Status=${answer.status} Code=${JSON.stringify(code)} Message=${JSON.stringify(message)}`,
    answer,
  );
}

/** A refusal by a vault, as Azure's SDK for Go words it (azcore, internal/exported/response_error.go). */
export function vaultError(method: string, url: string, answer: HttpAnswer): AzureError {
  const line = "-".repeat(80);
  const { status, statusText, body } = answer;
  const lines = [
    `${method} ${url.split("?")[0]}`,
    line,
    `RESPONSE ${status}: ${status} ${statusText}`,
    `ERROR CODE: ${codeOf(body)}`,
    line,
    JSON.stringify(body, undefined, 2),
    line,
  ];
  return new AzureError(lines.join("\n"), answer);
}

/** A refusal to sign in: Entra's own text, which holds no secret. */
export function signInError(answer: HttpAnswer): AzureError {
  const text = isJsonMap(answer.body) ? answer.body["error_description"] : undefined;
  const said = typeof text === "string" ? text : JSON.stringify(answer.body);
  return new AzureError(`ClientSecretCredential authentication failed. RESPONSE ${answer.status}: ${said}`, answer);
}

function codeOf(body: Json): string {
  const error = errorOf(body);
  const code = isJsonMap(error) ? error["code"] : error;
  return typeof code === "string" ? code : "UNAVAILABLE";
}

function errorOf(body: Json): Json | undefined {
  return isJsonMap(body) ? body["error"] : undefined;
}
