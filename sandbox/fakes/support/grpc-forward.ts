import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from "node:http2";
import { messageOf } from "../../support/errors.ts";
import type { GatewayRequest, GatewayResponse } from "./route.ts";

const { NGHTTP2_FLAG_END_STREAM } = constants;
/** Status codes of gRPC: https://grpc.io/docs/guides/status-codes/ */
export const GRPC_STATUS = { permissionDenied: 7, resourceExhausted: 8, unavailable: 14 } as const;
// What HTTP/2 forbids to pass on from one connection to another (RFC 9113, 8.2.2).
const PER_CONNECTION = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** Whether a request is gRPC, by its content type. */
export function isGrpc(request: GatewayRequest): boolean {
  return (request.headers["content-type"] ?? "").startsWith("application/grpc");
}

/** Answers a gRPC call with a status and no message ("Trailers-Only"). */
export function grpcStatus(response: GatewayResponse, code: number, message: string): void {
  response.statusCode = 200;
  response.setHeader("content-type", "application/grpc");
  response.setHeader("grpc-status", String(code));
  response.setHeader("grpc-message", encodeURIComponent(message));
  response.end();
}

/** Hands gRPC calls to a server on a local port that speaks HTTP/2 without TLS, trailers and all. */
export class GrpcForward {
  private readonly sessions = new Map<number, ClientHttp2Session>();

  forward(port: number, request: GatewayRequest, response: GatewayResponse): void {
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !PER_CONNECTION.has(name)));
    const upstream = this.session(port).request(headers);
    response.on("close", () => upstream.close(constants.NGHTTP2_CANCEL));
    upstream.on("response", (received, flags) => {
      copy(received, response);
      // A call that failed has all it says in these headers, and the client wants the stream's end in them.
      if ((flags & NGHTTP2_FLAG_END_STREAM) !== 0) return void response.end();
      upstream.on("data", (chunk: Buffer) => {
        if (!response.write(chunk)) upstream.pause();
      });
      response.on("drain", () => upstream.resume());
      upstream.on("trailers", (trailers: IncomingHttpHeaders) => {
        response.addTrailers(
          Object.fromEntries(Object.entries(trailers).map(([name, value]) => [name, String(value)])),
        );
      });
      upstream.on("end", () => response.end());
    });
    upstream.on("error", (error) => {
      if (response.headersSent) response.end();
      else grpcStatus(response, GRPC_STATUS.unavailable, `the sandbox's server on port ${port}: ${messageOf(error)}`);
    });
    request.pipe(upstream);
  }

  close(): void {
    for (const session of this.sessions.values()) session.destroy();
    this.sessions.clear();
  }

  private session(port: number): ClientHttp2Session {
    const known = this.sessions.get(port);
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const session = connect(`http://127.0.0.1:${port}`);
    // Each call reports the failure of its own stream; a session's error event that nobody hears ends the process.
    session.on("error", () => this.sessions.delete(port));
    session.on("close", () => {
      if (this.sessions.get(port) === session) this.sessions.delete(port);
    });
    this.sessions.set(port, session);
    return session;
  }
}

function copy(received: IncomingHttpHeaders & IncomingHttpStatusHeader, response: GatewayResponse): void {
  response.statusCode = received[":status"] ?? 200;
  for (const [name, value] of Object.entries(received)) {
    if (!name.startsWith(":") && value !== undefined) response.setHeader(name, value);
  }
}
