import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { apiPath, pluralOf } from "../../../components/clusters/api-path.ts";
import { ApiError, causeOf, ifExists, listAll, loadClient } from "../../../components/clusters/client.ts";
import { root } from "../../support/project.ts";

describe("path of the Kubernetes API", () => {
  it("names an object, a list, and what is in no namespace", () => {
    const secret = { apiVersion: "v1", kind: "Secret", namespace: "shop" };
    assert.equal(apiPath({ ...secret, name: "shop-db" }), "/api/v1/namespaces/shop/secrets/shop-db");
    assert.equal(apiPath(secret), "/api/v1/namespaces/shop/secrets");
    assert.equal(apiPath({ apiVersion: "v1", kind: "Namespace", name: "shop" }), "/api/v1/namespaces/shop");
    assert.equal(apiPath({ apiVersion: "apps/v1", kind: "Deployment" }), "/apis/apps/v1/deployments");
  });

  it("leaves no name the power to lead elsewhere", () => {
    const place = { apiVersion: "v1", kind: "Secret", namespace: "a/b", name: "../c?d" };
    assert.equal(apiPath(place), "/api/v1/namespaces/a%2Fb/secrets/..%2Fc%3Fd");
  });

  for (const [kind, plural] of Object.entries({
    SecretStore: "secretstores",
    SecretProviderClass: "secretproviderclasses",
    ValidatingAdmissionPolicy: "validatingadmissionpolicies",
  })) {
    it(`calls ${kind} ${plural}`, () => {
      assert.equal(pluralOf(kind), plural);
    });
  }
});

/** What a request had. */
interface Asked {
  readonly line: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly port: number | undefined;
}

describe("client of a cluster", () => {
  let server: Server;
  let folder: string;
  let asked: Asked[];
  let answer: { readonly status: number; readonly text: string };
  let starts: string;

  /** A kubeconfig whose user logs in like this. */
  const kubeconfigFor = async (user: object): Promise<string> => {
    const { port } = server.address() as AddressInfo;
    const file = path.join(folder, "kubeconfig");
    const address = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
    await writeFile(
      file,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "one",
        contexts: ["one", "two"].map((name) => ({ name, context: { cluster: "c", user: name } })),
        clusters: [{ name: "c", cluster: address }],
        users: [
          { name: "one", user },
          { name: "two", user: { token: "second" } },
        ],
      }),
    );
    return file;
  };

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "client-"));
    starts = path.join(folder, "starts");
    server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      request.on("end", () => {
        const { method = "", url = "", headers, socket } = request;
        asked.push({ line: `${method} ${url}`, headers, body, port: socket.remotePort });
        response.writeHead(answer.status, { "content-type": "application/json" });
        response.end(answer.text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(() => {
    asked = [];
    answer = { status: 200, text: "{}" };
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  const at = { apiVersion: "v1", kind: "Secret", namespace: "shop", name: "shop-db" };
  const headerOf = (name: string) => asked.map(({ headers }) => headers[name]);

  it("logs in by token, and as the user of the context that it is given", async () => {
    const kubeconfig = await kubeconfigFor({ token: "first" });
    for (const spec of [{ kubeconfig }, { kubeconfig, context: "two" }]) await (await loadClient(spec)).ask({ at });
    assert.deepEqual(headerOf("authorization"), ["Bearer first", "Bearer second"]);
  });

  it("logs in by the token of a file, also where the file lies beside the kubeconfig and others are read with it", async () => {
    await writeFile(path.join(folder, "token"), "of-the-file");
    const kubeconfig = await kubeconfigFor({ tokenFile: "token" });
    await (await loadClient({ kubeconfig })).ask({ at });
    const other = path.join(folder, "other");
    await writeFile(other, JSON.stringify({ clusters: [], contexts: [], users: [] }));
    const before = process.env["KUBECONFIG"];
    process.env["KUBECONFIG"] = [other, kubeconfig].join(path.delimiter);
    try {
      await (await loadClient({ context: "one" })).ask({ at });
    } finally {
      if (before === undefined) delete process.env["KUBECONFIG"];
      else process.env["KUBECONFIG"] = before;
    }
    assert.deepEqual(headerOf("authorization"), ["Bearer of-the-file", "Bearer of-the-file"]);
  });

  it("asks an exec plugin once for all that is asked of a cluster", async () => {
    const credential = JSON.stringify({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: "issued" },
    });
    const script = `require("fs").appendFileSync(${JSON.stringify(starts)}, "x"); console.log(${JSON.stringify(credential)})`;
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: ["-e", script],
      interactiveMode: "Never",
    };
    const spec = { kubeconfig: await kubeconfigFor({ exec }) };
    await Promise.all([1, 2, 3].map(async () => (await loadClient(spec)).ask({ at })));
    assert.deepEqual(headerOf("authorization"), ["Bearer issued", "Bearer issued", "Bearer issued"]);
    const { stdout } = await promisify(execFile)("wc", ["-c", starts]);
    assert.equal(parseInt(stdout, 10), 1);
  });

  it("opens few connections, however much is asked at once", async () => {
    const client = await loadClient({ kubeconfig: await kubeconfigFor({ token: "t" }) });
    await Promise.all(Array.from({ length: 100 }, () => client.ask({ at })));
    assert.equal(asked.length, 100);
    const ports = new Set(asked.map(({ port }) => port));
    // Some are taken before they are given back.
    assert.ok(ports.size <= 50, `${ports.size} connections`);
  });

  it("sends what a patch is meant as, and the wanted form of the answer", async () => {
    const client = await loadClient({ kubeconfig: await kubeconfigFor({ token: "t" }) });
    await client.ask({ method: "PATCH", at, body: { a: 1 } });
    await client.ask({ method: "PATCH", at, body: [], patch: "json", accept: "application/x" });
    await client.ask({ method: "PATCH", at, body: {}, patch: "apply", query: { fieldManager: "m", force: "true" } });
    await client.ask({ method: "POST", at, body: {} });
    const path = "/api/v1/namespaces/shop/secrets/shop-db";
    assert.deepEqual(
      asked.map(({ line, headers, body }) => [line, headers["content-type"], headers.accept, body]),
      [
        [`PATCH ${path}`, "application/merge-patch+json", "application/json", '{"a":1}'],
        [`PATCH ${path}`, "application/json-patch+json", "application/x", "[]"],
        [`PATCH ${path}?fieldManager=m&force=true`, "application/apply-patch+yaml", "application/json", "{}"],
        [`POST ${path}`, "application/json", "application/json", "{}"],
      ],
    );
  });

  it("says in the API's own words what it refuses, and nothing of its headers", async () => {
    const client = await loadClient({ kubeconfig: await kubeconfigFor({ token: "t" }) });
    const refusals = [];
    for (const [status, text] of [
      [403, '{"kind":"Status","message":"secrets is forbidden"}'],
      [404, "404 page not found\n"],
      [502, "<html><h1>Bad gateway</h1></html>"],
      [503, ""],
    ] as const) {
      answer = { status, text };
      const error = await client.ask({ at }).catch((failure: unknown) => failure);
      assert.ok(error instanceof ApiError);
      refusals.push([error.status, error.message]);
    }
    assert.deepEqual(refusals, [
      [403, "secrets is forbidden"],
      [404, "404 page not found"],
      [502, "the API server answered 502"],
      [503, "the API server answered 503"],
    ]);
  });

  it("takes what is not there for nothing, and no other refusal", async () => {
    const client = await loadClient({ kubeconfig: await kubeconfigFor({ token: "t" }) });
    answer = { status: 404, text: '{"message":"not found"}' };
    assert.equal(await ifExists(client.ask({ at })), undefined);
    answer = { status: 403, text: '{"message":"forbidden"}' };
    await assert.rejects(ifExists(client.ask({ at })), { message: "forbidden" });
  });

  it("reads a list page by page", async () => {
    const client = await loadClient({ kubeconfig: await kubeconfigFor({ token: "t" }) });
    const { name: _, ...list } = at;
    answer = { status: 200, text: '{"items":[{"n":1}],"metadata":{}}' };
    assert.deepEqual(await listAll(client, { at: list, query: { labelSelector: "a=b" } }), [{ n: 1 }]);
    answer = { status: 200, text: '{"items":null}' };
    assert.deepEqual(await listAll(client, { at: list }), []);
    assert.deepEqual(
      asked.map(({ line }) => line),
      [
        "GET /api/v1/namespaces/shop/secrets?labelSelector=a%3Db&limit=500",
        "GET /api/v1/namespaces/shop/secrets?limit=500",
      ],
    );
  });

  it("tries a kubeconfig again that could not be read, and says why a server was not reached", async () => {
    const spec = { kubeconfig: path.join(folder, "later") };
    await assert.rejects(loadClient(spec), /ENOENT/);
    const address = { server: "http://127.0.0.1:1", "insecure-skip-tls-verify": true };
    const config = {
      "current-context": "x",
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: address }],
      users: [{ name: "u", user: {} }],
    };
    await writeFile(spec.kubeconfig, JSON.stringify(config));
    const client = await loadClient(spec);
    const error = await client.ask({ at }).catch((failure: unknown) => failure);
    assert.notEqual(causeOf(error), "fetch failed");
  });

  it("loads the library without its models of all kinds, which would be most of its time and memory", async () => {
    const module = pathToFileURL(path.join(root, "components", "clusters", "client.ts")).href;
    const script = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      const { loadClient } = await import(${JSON.stringify(module)});
      await (await loadClient({ kubeconfig: process.argv[1] })).ask({ at: "/version" });
      const count = (part) => loaded.filter((url) => url.includes("/@kubernetes/client-node/dist/" + part)).length;
      process.stdout.write(JSON.stringify([count("config.js"), count("gen/models/"), count("gen/apis/"), count("gen/types/")]));
    `;
    const args = ["--no-warnings", "--input-type=module", "--eval", script, await kubeconfigFor({ token: "t" })];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    assert.deepEqual(JSON.parse(stdout), [1, 0, 0, 0]);
    assert.deepEqual(headerOf("authorization"), ["Bearer t"]);
  }).timeout(120_000);
});
