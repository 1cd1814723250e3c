import { messageOf, SandboxError } from "../../support/errors.ts";

/** Answer of Vault's HTTP API. */
export interface VaultAnswer {
  readonly status: number;
  /** The parsed body; undefined when there is none. */
  readonly body: unknown;
}

/** One call of Vault's HTTP API. */
export interface VaultCall {
  readonly method: "GET" | "POST" | "PUT";
  /** Below /v1/. */
  readonly path: string;
  readonly body?: unknown;
  /** Statuses that are no failure besides 2xx. */
  readonly accept?: readonly number[];
}

/** Calls Vault. Throws, naming the path and never the token or the body, when it refuses. */
export async function callVault(address: string, token: string | undefined, call: VaultCall): Promise<VaultAnswer> {
  let response: Response;
  try {
    response = await fetch(`${address}/v1/${call.path}`, {
      method: call.method,
      headers: { "X-Vault-Request": "true", ...(token === undefined ? {} : { "X-Vault-Token": token }) },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal: AbortSignal.timeout(30_000),
    });
  } catch (error) {
    throw refused(call, messageOf(error));
  }
  const text = await response.text();
  const body = text === "" ? undefined : (JSON.parse(text) as unknown);
  if (response.ok || call.accept?.includes(response.status)) return { status: response.status, body };
  throw refused(call, `HTTP ${response.status}: ${errorsOf(body)}`);
}

function errorsOf(body: unknown): string {
  if (typeof body !== "object" || body === null || !("errors" in body) || !Array.isArray(body.errors))
    return "no reason";
  return body.errors.join("; ");
}

function refused(call: VaultCall, why: string): SandboxError {
  return new SandboxError({
    what: `Setting up Vault failed at ${call.method} ${call.path}.`,
    why,
    fix: "Run it again: npm run sandbox -- up. If it fails the same way, start over: npm run sandbox -- reset",
  });
}
