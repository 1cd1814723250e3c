import type { Readable } from "node:stream";
import type { GatewayResponse } from "./route.ts";

/** More than any request of a cloud's API that carries a secret: Secret Manager's limit of 64 KiB, in base64, with its envelope. */
const MAX_BODY_BYTES = 1024 * 1024;

/** A request body over the limit. */
export class BodyTooLarge extends Error {
  constructor(limit: number) {
    super(`the request body is larger than ${limit} bytes`);
    this.name = "BodyTooLarge";
  }
}

/** Reads a request's body whole. */
export async function readBody(request: Readable, limit = MAX_BODY_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new BodyTooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads a JSON body; `undefined` when it is not JSON. */
export async function readJsonBody(request: Readable, limit = MAX_BODY_BYTES): Promise<unknown> {
  return parseJson((await readBody(request, limit)).toString("utf8"));
}

/** The parsed text; `undefined` when it is not JSON. An empty text counts as an empty object, as it does in the clouds. */
export function parseJson(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Answers with JSON. */
export function answerJson(
  response: GatewayResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  answerText(response, status, JSON.stringify(body), { "Content-Type": "application/json", ...headers });
}

/** Answers with a text. */
export function answerText(
  response: GatewayResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  // Piece by piece: `writeHead` of HTTP/1.1 and that of HTTP/2 have different types.
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(body);
}
