import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { messageOf } from "../../support/errors.ts";
import { type Authority, leafContexts } from "./authority.ts";
import { Faults, type Hit } from "./faults.ts";
import { GRPC_STATUS, GrpcForward, grpcStatus, isGrpc } from "./grpc-forward.ts";
import { RequestCounter } from "./requests.ts";
import type { GatewayRequest, GatewayResponse, Handler, Route } from "./route.ts";

/** What the gateway is made of. */
export interface GatewayOptions {
  /** On 127.0.0.1; 0 for a free one. */
  readonly port: number;
  readonly ca: Authority;
  readonly routes: readonly Route[];
  readonly requests?: RequestCounter;
  readonly faults?: Faults;
}

/** A gateway that listens. */
export interface Running {
  readonly port: number;
  readonly requests: RequestCounter;
  readonly faults: Faults;
  readonly close: () => Promise<void>;
}

/** Longer than the idle time of any client here, so that it is the client who closes: a reused connection never meets an end. */
const KEEP_ALIVE_MS = 120_000;

/**
 * The one door of the fake clouds: an HTTP proxy on loopback that takes CONNECT for their real host names, ends TLS with
 * certificates of the sandbox's own authority, and hands each request to the route of its host. Hosts without a route are
 * refused, so nothing that honours the proxy can reach the internet.
 *
 * @example const { port, close } = await startGateway({ port: 0, ca, routes: [{ name: "azure", matches, handler }] })
 */
export async function startGateway(options: GatewayOptions): Promise<Running> {
  const requests = options.requests ?? new RequestCounter();
  const faults = options.faults ?? new Faults();
  const contextOf = leafContexts(options.ca);
  const routeOf = (host: string) => options.routes.find((route) => route.matches(host));
  const refusalOf = (host: string) =>
    options.routes.map((route) => route.absent?.(host)).find((reason) => reason !== undefined) ?? unknownHost(host);
  const grpc = new GrpcForward();
  const sockets = new Set<Duplex>();

  const answer = async (request: GatewayRequest, response: GatewayResponse): Promise<void> => {
    const host = hostOf(request);
    const route = routeOf(host);
    if (route === undefined) return plain(response, 502, refusalOf(host));
    const operation = operationOf(route, request);
    requests.count(host, operation);
    const hit = faults.hit(host, operation, `${request.method ?? ""} ${request.url ?? ""}`);
    if (hit !== undefined && (await suffer(hit, route, request, response))) return;
    if (route.h2Target !== undefined && isGrpc(request)) return grpc.forward(route.h2Target, request, response);
    if (route.handler === undefined) return plain(response, 501, `${host} is served over gRPC only in the sandbox`);
    await route.handler(request, response);
  };

  const inner = createSecureServer({
    allowHTTP1: true,
    SNICallback: (name, done) => {
      const host = name.toLowerCase();
      if (routeOf(host) === undefined) return done(new Error(refusalOf(host)));
      contextOf(host).then(
        (context) => done(null, context),
        (error: unknown) => done(new Error(messageOf(error))),
      );
    },
  });
  Object.assign(inner, { keepAliveTimeout: KEEP_ALIVE_MS });
  inner.on("request", (request: GatewayRequest, response: GatewayResponse) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.end();
      else plain(response, 500, `the sandbox's fake cloud failed: ${messageOf(error)}`);
    });
  });
  // Clients that go away, or do not trust the authority, are their own problem and report it themselves.
  inner.on("tlsClientError", () => undefined);
  inner.on("sessionError", () => undefined);

  const proxy = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, refusePlain);
  proxy.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const { host, port } = target(request.url ?? "");
    if (port !== "443") return refuseConnect(socket, `the sandbox serves ${host} on port 443 only, not on ${port}`);
    if (routeOf(host) === undefined) return refuseConnect(socket, refusalOf(host));
    if (faults.refusesConnection(host)) {
      requests.count(host, "CONNECT");
      return void socket.destroy();
    }
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    inner.emit("connection", socket as Socket);
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once("error", reject);
    proxy.listen(options.port, "127.0.0.1", resolve);
  });

  const close = async (): Promise<void> => {
    grpc.close();
    for (const socket of sockets) socket.destroy();
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  };
  return { port: (proxy.address() as AddressInfo).port, requests, faults, close };
}

/** Does what the fault says; false when the request is to be served after all. */
async function suffer(hit: Hit, route: Route, request: GatewayRequest, response: GatewayResponse): Promise<boolean> {
  switch (hit.kind) {
    case "refuse":
      request.socket.destroy();
      return true;
    case "throttle":
      await failed(route.throttled, 429, GRPC_STATUS.resourceExhausted, "too many requests", request, response);
      return true;
    case "deny":
      await failed(route.denied, 403, GRPC_STATUS.permissionDenied, "permission denied", request, response);
      return true;
    case "stall": {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, hit.remainingMs);
        const goOn = () => {
          clearTimeout(timer);
          resolve();
        };
        hit.ended.addEventListener("abort", goOn, { once: true });
        response.on("close", goOn);
      });
      // Whoever gave up has no use for the answer, and a write must not happen behind its back.
      return response.destroyed || request.destroyed;
    }
  }
}

async function failed(
  own: Handler | undefined,
  status: number,
  grpc: number,
  message: string,
  request: GatewayRequest,
  response: GatewayResponse,
): Promise<void> {
  if (isGrpc(request)) return grpcStatus(response, grpc, message);
  if (own === undefined) return plain(response, status, message);
  await own(request, response);
}

function operationOf(route: Route, request: GatewayRequest): string {
  if (!isGrpc(request)) return route.operation?.(request) ?? request.method ?? "";
  // "/google.cloud.secretmanager.v1.SecretManagerService/AccessSecretVersion"
  const [service = "", method = ""] = (request.url ?? "").split("/").filter((part) => part !== "");
  return `${service.split(".").at(-1)}/${method}`;
}

/** The host that a request is for, without its port. */
export function hostOf(request: GatewayRequest): string {
  const authority = request.headers[":authority"] ?? request.headers.host ?? "";
  return target(String(authority)).host;
}

function target(authority: string): { host: string; port: string } {
  const [host = "", port = "443"] = authority.split(":");
  return { host: host.toLowerCase(), port };
}

function unknownHost(host: string): string {
  return `the sandbox has no fake of ${host}, and lets nothing out to the internet`;
}

function plain(response: GatewayResponse, status: number, message: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(message + "\n");
}

function refusePlain(request: IncomingMessage, response: ServerResponse): void {
  plain(response, 502, `the sandbox's gateway takes CONNECT for https only, not ${request.method} ${request.url}`);
}

// The reason phrase carries the sentence too: it is all that most clients show of a refused CONNECT.
function refuseConnect(socket: Duplex, message: string): void {
  socket.end(
    `HTTP/1.1 502 ${message}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(message) + 1}\r\n` +
      `Connection: close\r\n\r\n${message}\n`,
  );
}
