import assert from "node:assert/strict";
import { connect as connectHttp2, createServer as createHttp2Server, type Http2Server } from "node:http2";
import { Agent, type AgentOptions, request as httpsRequest } from "node:https";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { type Authority, makeAuthority } from "../../../fakes/support/authority.ts";
import { type Running, startGateway } from "../../../fakes/support/gateway.ts";
import type { Route } from "../../../fakes/support/route.ts";
import { waitUntil } from "../../../support/wait.ts";

const HOST = "team.vault.azure.net";

function route(more: Partial<Route> = {}): Route {
  return {
    name: "azure",
    matches: (host) => host.endsWith(".vault.azure.net"),
    operation: (request) => `${request.method} secrets`,
    handler: (request, response) => {
      response.statusCode = 200;
      response.end(`${request.httpVersion} ${request.url}`);
    },
    ...more,
  };
}

describe("the gateway of the fake clouds", () => {
  let ca: Authority;
  let running: Running;
  let grpcServer: Http2Server | undefined;
  const start = async (routes: Route[]) => (running = await startGateway({ port: 0, ca, routes }));

  before(async () => {
    ca = await makeAuthority();
  });
  afterEach(async () => {
    await running.close();
    grpcServer?.close();
    grpcServer = undefined;
  });

  interface Answer {
    readonly status: number;
    readonly body: string;
  }

  function get(host: string, path: string, authority = ca.certificate): Promise<Answer> {
    const proxyEnv = { HTTPS_PROXY: `http://127.0.0.1:${running.port}` };
    // The types of Node 22 do not know `proxyEnv` yet.
    const agent = new Agent({ ca: authority, proxyEnv } as AgentOptions);
    return new Promise((resolve, reject) => {
      const request = httpsRequest(`https://${host}${path}`, { agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          agent.destroy();
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
      });
      request.on("error", reject);
      request.end();
    });
  }

  function tunnel(host: string): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ port: running.port, host: "127.0.0.1", method: "CONNECT", path: `${host}:443` });
      request.on("connect", (response, socket) =>
        response.statusCode === 200 ? resolve(socket) : reject(new Error(response.statusMessage)),
      );
      request.on("error", reject);
      request.end();
    });
  }

  async function http2(host: string) {
    const socket = await tunnel(host);
    const tls = connectTls({ socket, servername: host, ca: ca.certificate, ALPNProtocols: ["h2"] });
    return connectHttp2(`https://${host}`, { createConnection: () => tls });
  }

  async function call(path: string, headers: Record<string, string> = {}, body = "") {
    const session = await http2(HOST);
    const stream = session.request({ ":method": "POST", ":path": path, ...headers });
    const seen: { headers?: unknown; trailers?: Record<string, unknown>; body: string } = { body: "" };
    stream.on("response", (received) => (seen.headers = received));
    stream.on("trailers", (trailers: Record<string, unknown>) => (seen.trailers = trailers));
    stream.on("data", (chunk: Buffer) => (seen.body += chunk.toString()));
    stream.end(body);
    await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject));
    session.close();
    return seen;
  }

  it("serves a real host name over HTTP/1.1 and HTTP/2, with a certificate of its authority", async () => {
    await start([route()]);
    assert.deepEqual(await get(HOST, "/secrets"), { status: 200, body: "1.1 /secrets" });
    assert.equal((await call("/secrets")).body, "2.0 /secrets");
    await assert.rejects(get(HOST, "/", (await makeAuthority()).certificate), {
      code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
  });

  it("counts requests by host and operation", async () => {
    await start([route()]);
    await get(HOST, "/secrets/a");
    await get(HOST, "/secrets/b");
    await call("/secrets/c");
    assert.deepEqual(running.requests.snapshot(), { [HOST]: { "GET secrets": 2, "POST secrets": 1 } });
    running.requests.reset();
    assert.deepEqual(running.requests.snapshot(), {});
  });

  it("refuses a host that nobody serves, and names it", async () => {
    await start([route()]);
    await assert.rejects(tunnel("example.com"), {
      message: "the sandbox has no fake of example.com, and lets nothing out to the internet",
    });
  });

  it("refuses another port, and http without TLS", async () => {
    await start([route()]);
    const other = httpRequest({ port: running.port, method: "CONNECT", path: `${HOST}:8443` });
    const refused = await new Promise<string | undefined>((resolve) => {
      other.on("connect", (response) => resolve(response.statusMessage)).end();
    });
    assert.equal(refused, `the sandbox serves ${HOST} on port 443 only, not on 8443`);
    const answer = await fetch(`http://127.0.0.1:${running.port}/latest/meta-data`);
    assert.equal(answer.status, 502);
    assert.match(await answer.text(), /^the sandbox's gateway takes CONNECT for https only, not GET \/latest/);
  });

  it("passes gRPC calls on to their server, with trailers, and counts them by method", async () => {
    const server = createHttp2Server((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        response.writeHead(200, { "content-type": "application/grpc" });
        response.write(`got ${Buffer.concat(chunks).toString()} as ${request.headers[":authority"]}`);
        response.addTrailers({ "grpc-status": "0" });
        response.end();
      });
    });
    grpcServer = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await start([route({ h2Target: (server.address() as AddressInfo).port })]);
    const path = "/google.cloud.secretmanager.v1.SecretManagerService/AccessSecretVersion";
    const seen = await call(path, { "content-type": "application/grpc" }, "ping");
    assert.equal(seen.body, `got ping as ${HOST}:443`);
    assert.equal(seen.trailers?.["grpc-status"], "0");
    assert.deepEqual(running.requests.snapshot(), { [HOST]: { "SecretManagerService/AccessSecretVersion": 1 } });
    assert.equal((await call("/plain")).body, "2.0 /plain");
  });

  it("says UNAVAILABLE when the gRPC server is not there", async () => {
    await start([route({ h2Target: 1 })]);
    const seen = await call("/a.B/C", { "content-type": "application/grpc" });
    assert.equal((seen.headers as Record<string, unknown>)["grpc-status"], "14");
  });

  it("answers 500 with the reason when a fake fails", async () => {
    await start([route({ handler: () => Promise.reject(new Error("no such table")) })]);
    assert.deepEqual(await get(HOST, "/"), { status: 500, body: "the sandbox's fake cloud failed: no such table\n" });
  });

  it("throttles and denies in the cloud's own words", async () => {
    const own = (status: number) => (_request: unknown, response: Parameters<NonNullable<Route["handler"]>>[1]) => {
      response.statusCode = status;
      response.end(`own ${status}`);
    };
    await start([route({ throttled: own(429), denied: own(403) })]);
    running.faults.add({ kind: "throttle", host: "*.vault.azure.net", forMs: 60_000 });
    assert.deepEqual(await get(HOST, "/"), { status: 429, body: "own 429" });
    assert.equal(
      ((await call("/a.B/C", { "content-type": "application/grpc" })).headers as Record<string, unknown>)[
        "grpc-status"
      ],
      "8",
    );
    running.faults.clear();
    running.faults.add({ kind: "deny", operation: "GET *", forMs: 60_000 });
    assert.deepEqual(await get(HOST, "/"), { status: 403, body: "own 403" });
    running.faults.clear();
    assert.equal((await get(HOST, "/")).status, 200);
  });

  it("cuts connections, one operation's or all of a host's", async () => {
    await start([route()]);
    running.faults.add({ kind: "refuse", operation: "GET *", forMs: 60_000 });
    await assert.rejects(get(HOST, "/"), { code: "ECONNRESET" });
    assert.equal((await call("/secrets")).body, "2.0 /secrets");
    running.faults.clear();
    running.faults.add({ kind: "refuse", host: HOST, forMs: 60_000 });
    await assert.rejects(tunnel(HOST), { code: "ECONNRESET" });
  });

  it("answers a stalled request when the fault is over, by itself or since it was cleared", async () => {
    await start([route()]);
    running.faults.add({ kind: "stall", forMs: 30 });
    assert.equal((await get(HOST, "/")).status, 200);
    running.requests.reset();
    running.faults.add({ kind: "stall", operation: "GET *", forMs: 600_000 });
    let answered = false;
    const stalled = get(HOST, "/").finally(() => (answered = true));
    await waitUntil(() => running.requests.snapshot()[HOST] !== undefined, { timeoutMs: 20_000 });
    assert.equal((await call("/")).body, "2.0 /");
    assert.equal(answered, false);
    running.faults.clear();
    assert.equal((await stalled).status, 200);
  });
});
