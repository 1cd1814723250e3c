import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connection } from "../platform.ts";
import type { StackOptions } from "../stacks.ts";

/** What the proxy does to a request instead of passing it on. */
export type Fault =
  | { readonly kind: "stall"; readonly milliseconds: number }
  /** The request is passed on once something else has happened. */
  | { readonly kind: "hold"; readonly until: Promise<void> }
  /** The connection is closed without an answer. */
  | { readonly kind: "refuse" }
  /** Vault's own answer to a token that is unknown or no longer valid. */
  | { readonly kind: "reject" };

export interface FaultProxy {
  readonly address: string;
  /** Decides from now on about each write of a KV secret, by the number of writes since this call and its path. */
  onWrite(fault: (writes: number, path: string) => Fault | undefined): void;
  close(): Promise<void>;
}

/** A stack whose program reaches Vault through the proxy. The cluster still reads Vault directly. */
export function through(proxy: FaultProxy, stack: StackOptions): StackOptions {
  const vault = { address: proxy.address, clusterAddress: connection().vaultAddress };
  return { ...stack, facts: { ...stack.facts, stores: { vault } } };
}

/** A proxy in front of Vault, on a loopback port, that can inject faults. It does not read bodies. */
export async function startFaultProxy(): Promise<FaultProxy> {
  const target = new URL(connection().vaultAddress);
  let decide: (writes: number, path: string) => Fault | undefined = () => undefined;
  let writes = 0;
  const server = http.createServer((request, response) => {
    void (async () => {
      const isWrite = request.method !== "GET" && request.url?.startsWith("/v1/secret/data/") === true;
      const fault = isWrite ? decide(writes, request.url ?? "") : undefined;
      if (isWrite) writes += 1;
      if (fault?.kind === "refuse") {
        request.socket.destroy();
        return;
      }
      if (fault?.kind === "reject") {
        request.resume();
        response.writeHead(403, { "content-type": "application/json" });
        response.end(JSON.stringify({ errors: ["permission denied"] }));
        return;
      }
      if (fault?.kind === "stall") await sleep(fault.milliseconds);
      if (fault?.kind === "hold") {
        await fault.until;
        // That a client was killed is heard a moment later.
        await sleep(50);
      }
      // The client may have gone in the meantime.
      if (request.socket.destroyed) return;
      forward(request, response);
    })();
  });
  const forward = (request: http.IncomingMessage, response: http.ServerResponse) => {
    const { method, url, headers } = request;
    const onward = http.request({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => request.socket.destroy());
    request.pipe(onward);
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    onWrite: (fault) => {
      decide = fault;
      writes = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
