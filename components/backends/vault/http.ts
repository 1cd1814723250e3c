import { readFile } from "node:fs/promises";
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { messageOf } from "../../support/messages/errors.ts";

/** An answer of Vault's HTTP API, or why there is none. */
export type VaultAnswer =
  | { readonly status: number; readonly data: Readonly<Record<string, unknown>>; readonly errors: readonly string[] }
  | { readonly unreachable: string };

/** Reads a path below `/v1/`, in a Vault namespace (empty for the root namespace). */
export type ReadVaultPath = (path: string, namespace: string) => Promise<VaultAnswer>;

export interface VaultAccess {
  /** URL of Vault. */
  readonly address: string;
  readonly token: string;
  /** Path of a file with the certificates that signed Vault's. Default: the system's. */
  readonly caFile?: string;
}

/** How long Vault may take for an answer, in milliseconds. */
const patience = 10_000;

/** Reads from Vault's HTTP API. The token is in a header and nowhere else. */
export function vaultReads(access: VaultAccess): ReadVaultPath {
  return (path, namespace) => sent(access, { path, namespace, method: "GET" });
}

/** Writes below `/v1/`, in a Vault namespace (empty for the root namespace). */
export type WriteVaultPath = (path: string, namespace: string, body: object) => Promise<VaultAnswer>;

/** Writes by Vault's HTTP API. The token is in a header and nowhere else. */
export function vaultWrites(access: VaultAccess): WriteVaultPath {
  return (path, namespace, body) => sent(access, { path, namespace, method: "POST", body: JSON.stringify(body) });
}

interface Request {
  readonly path: string;
  readonly namespace: string;
  readonly method: "GET" | "POST";
  readonly body?: string;
}

async function sent(
  { address, token, caFile }: VaultAccess,
  { path, namespace, method, body }: Request,
): Promise<VaultAnswer> {
  try {
    const ca = caFile === undefined ? {} : { ca: await readFile(caFile) };
    const url = new URL(`v1/${path}`, address.endsWith("/") ? address : `${address}/`);
    const headers = {
      "X-Vault-Request": "true",
      "X-Vault-Token": token,
      ...(namespace === "" ? {} : { "X-Vault-Namespace": namespace }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    };
    return await answered(url, { method, headers, ...ca }, body);
  } catch (error) {
    return { unreachable: messageOf(error) };
  }
}

interface SendOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

function answered(url: URL, options: SendOptions, body: string | undefined): Promise<VaultAnswer> {
  return new Promise((resolve, reject) => {
    const ask = url.protocol === "https:" ? overHttps : overHttp;
    const signal = AbortSignal.timeout(patience);
    const request = ask(url, { ...options, signal }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => resolve(answerOf(response.statusCode ?? 0, Buffer.concat(parts).toString("utf8"))));
    });
    request.on("error", (error) => reject(signal.aborted ? new Error(`no answer within ${patience / 1000} s`) : error));
    request.end(body);
  });
}

function answerOf(status: number, text: string): VaultAnswer {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = {};
  }
  const { data, errors, ...rest } = isObject(body) ? body : {};
  return {
    status,
    // `sys/health` has no `data`.
    data: isObject(data) ? data : rest,
    errors: Array.isArray(errors) ? errors.map(String) : [],
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
