import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * A request over HTTP/1.1 or HTTP/2. Node gives HTTP/2 requests the shape of the older ones, as far as method, url, headers
 * and body go; so one handler serves both, with one difference: HTTP/2 has no reason phrase to set.
 */
export type GatewayRequest = IncomingMessage;

/** The answer to one. */
export type GatewayResponse = ServerResponse;

/** Answers a request. What it throws or rejects with becomes a 500 that says so. */
export type Handler = (request: GatewayRequest, response: GatewayResponse) => void | Promise<void>;

/** One fake cloud, or a part of it, behind the gateway. */
export interface Route {
  /** Who serves it, in messages: "aws", "azure", "gcp". */
  readonly name: string;
  readonly matches: (host: string) => boolean;
  /** Why a host that this cloud would have does not exist now, such as that of a vault that was not made. */
  readonly absent?: (host: string) => string | undefined;
  /** Serves HTTP/1.1 and HTTP/2 requests. */
  readonly handler?: Handler;
  /** The local port of a gRPC server without TLS: gRPC calls go there. */
  readonly h2Target?: number;
  /**
   * Names what is asked for, for counters and faults, from the method, the url and the headers: "GetParameter", "GetSecret".
   * Keep names of secrets out of it. gRPC calls are named by their path ("SecretManagerService/AccessSecretVersion").
   */
  readonly operation?: (request: GatewayRequest) => string;
  /** Answers as this cloud does when there are too many requests. gRPC calls get RESOURCE_EXHAUSTED without it. */
  readonly throttled?: Handler;
  /** Answers as this cloud does when a right is missing. gRPC calls get PERMISSION_DENIED without it. */
  readonly denied?: Handler;
}
