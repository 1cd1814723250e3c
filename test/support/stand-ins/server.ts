import { once } from "node:events";
import { createServer as createClear, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTls } from "node:https";
import type { Socket } from "node:net";

/** A request, as a stand-in sees it. */
export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What a stand-in answers: JSON, unless it is a text. */
export interface StandInAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server on 127.0.0.1 that stands in for another program in tests. */
export interface StandIn {
  readonly url: string;
  readonly port: number;
  /** All requests so far. */
  readonly seen: readonly SeenRequest[];
  /** Stops it; clients are disconnected. */
  readonly stop: () => Promise<void>;
  /** Starts it again on the same port. */
  readonly start: () => Promise<void>;
}

export interface StandInOptions {
  /** Speaks TLS with this certificate, both as PEM. Default: in clear. */
  readonly identity?: { readonly certificate: string; readonly key: string };
}

/** Starts a server that answers as `answer` does. */
export async function startStandIn(
  answer: (request: SeenRequest) => StandInAnswer | Promise<StandInAnswer>,
  { identity }: StandInOptions = {},
): Promise<StandIn> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = "", url = "", headers } = request;
    const asked = { method, path: url, headers, body: Buffer.concat(parts).toString("utf8") };
    seen.push(asked);
    const { status, body, headers: own = {} } = await answer(asked);
    const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { "Content-Type": "application/json", ...own }).end(text);
  };
  const start = async () => {
    const handle = (request: IncomingMessage, response: ServerResponse) => void listener(request, response);
    server =
      identity === undefined
        ? createClear(handle)
        : createTls({ cert: identity.certificate, key: identity.key }, handle);
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("no address");
    ({ port } = address);
  };
  await start();
  return {
    url: `${identity === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    seen,
    start,
    stop: async () => {
      if (server === undefined || !server.listening) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Name and password of basic authentication (RFC 7617). */
export function basicLogin({
  headers,
}: SeenRequest): { readonly username: string; readonly password: string } | undefined {
  const encoded = /^Basic (.+)$/.exec(headers.authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The fields of a JSON body. */
export function jsonBody({ body, headers }: SeenRequest): Readonly<Record<string, unknown>> | undefined {
  if (!(headers["content-type"] ?? "").startsWith("application/json")) return undefined;
  try {
    return JSON.parse(body) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
