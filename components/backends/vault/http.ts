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
export function vaultReads({ address, token, caFile }: VaultAccess): ReadVaultPath {
  return async (path, namespace) => {
    try {
      const ca = caFile === undefined ? {} : { ca: await readFile(caFile) };
      const url = new URL(`v1/${path}`, address.endsWith("/") ? address : `${address}/`);
      const headers = {
        "X-Vault-Request": "true",
        "X-Vault-Token": token,
        ...(namespace === "" ? {} : { "X-Vault-Namespace": namespace }),
      };
      return await get(url, { headers, ...ca });
    } catch (error) {
      return { unreachable: messageOf(error) };
    }
  };
}

function get(url: URL, options: { readonly headers: Readonly<Record<string, string>> }): Promise<VaultAnswer> {
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
    request.end();
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
