import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Json } from "./values.ts";

/** Of a request: headers are a plain object. */
export interface Options extends RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, read to its end. */
export interface HttpText {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Sends one request and resolves when the answer begins. Node's own client and not `fetch`, which takes no agent: the
 * agent is what honours the proxy and keeps connections open.
 */
export function open(url: URL, options: Options, payload?: string): Promise<IncomingMessage> {
  const start = url.protocol === "https:" ? httpsRequest : httpRequest;
  // Node.js adds the length itself, but not to a DELETE with a body.
  const length = payload === undefined ? {} : { "Content-Length": Buffer.byteLength(payload) };
  return new Promise((resolve, reject) => {
    const request = start(url, { ...options, headers: { ...options.headers, ...length } }, resolve);
    request.on("error", reject);
    request.end(payload);
  });
}

/** {@link open}, and the whole answer. */
export async function exchange(url: string, options: Options, payload?: string): Promise<HttpText> {
  const response = await open(new URL(url), options, payload);
  const { statusCode: status = 0, statusMessage: statusText = "", headers } = response;
  return { status, statusText, headers, text: await readAll(response) };
}

/** The body of an answer. */
export async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** The parsed text; null where it is empty or not JSON. */
export function jsonOf(text: string): Json {
  try {
    return text === "" ? null : (JSON.parse(text) as Json);
  } catch {
    return null;
  }
}
