import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** An API server on loopback that lists Secrets, names only, and refuses everything else. */
export interface FakeCluster {
  readonly kubeconfig: string;
  /** What was asked: `GET /api/v1/…`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Starts a cluster that holds these Secrets, as `<namespace>/<name>`. */
export async function startCluster(secrets: readonly string[]): Promise<FakeCluster> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    const namespace = /^\/api\/v1\/namespaces\/([^/]+)\/secrets$/.exec(request.url ?? "")?.[1];
    const known = request.method === "GET" && namespace !== undefined;
    const items = secrets
      .map((each) => each.split("/"))
      .filter(([in_]) => in_ === namespace)
      .map(([in_, name]) => ({ metadata: { namespace: in_, name } }));
    response.writeHead(known ? 200 : 403, { "content-type": "application/json" });
    const refusal = { apiVersion: "v1", kind: "Status", status: "Failure", code: 403, message: "forbidden" };
    response.end(JSON.stringify(known ? { apiVersion: "v1", kind: "SecretList", metadata: {}, items } : refusal));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = await mkdtemp(path.join(tmpdir(), "fake-cluster-"));
  const kubeconfig = path.join(folder, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigOf((server.address() as AddressInfo).port));
  return { kubeconfig, requests, close: () => stop(server, folder) };
}

async function stop(server: Server, folder: string): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
}

/** A kubeconfig (YAML takes JSON) for a server on loopback. */
export function kubeconfigOf(port: number): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "fake",
    contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
    clusters: [{ name: "fake", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "fake", user: {} }],
  });
}
