import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** An API server on loopback that answers what it was told to, and refuses everything else. */
export interface FakeCluster {
  readonly kubeconfig: string;
  /** Paths and answers, a `Status` with its code among them; may be changed while it runs. */
  readonly answers: Map<string, object>;
  /** Paths where nothing is found; may be changed while it runs. */
  readonly missing: Set<string>;
  /** What was asked: `GET /api/v1/…`. */
  readonly requests: readonly string[];
  /** The `Accept` header of each request. */
  readonly accepted: readonly string[];
  /** From now on it hangs up on every request. */
  drop(): void;
  /** From now on it answers nothing. Resolves when whoever asks first gives up. */
  silence(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a cluster that answers these paths. */
export async function startCluster(paths: Readonly<Record<string, object>>): Promise<FakeCluster> {
  const requests: string[] = [];
  const accepted: string[] = [];
  const answers = new Map(Object.entries(paths));
  const missing = new Set<string>();
  let dropped = false;
  const drop = () => {
    dropped = true;
  };
  let gaveUp: (() => void) | undefined;
  const silence = () => new Promise<void>((resolve) => (gaveUp = resolve));
  const server = createServer((request, response) => {
    if (gaveUp !== undefined) {
      request.socket.once("close", gaveUp);
      return;
    }
    if (dropped) {
      request.socket.destroy();
      return;
    }
    const { method = "", url = "" } = request;
    requests.push(`${method} ${url}`);
    accepted.push(request.headers.accept ?? "");
    const answer = method === "GET" ? answers.get(decodeURIComponent(url)) : undefined;
    const code = missing.has(decodeURIComponent(url)) ? 404 : 403;
    const message = `${url} is ${code === 404 ? "not found" : "forbidden"}`;
    const refusal = { apiVersion: "v1", kind: "Status", status: "Failure", code, message };
    const refused = answer === undefined ? refusal : isStatus(answer) ? answer : undefined;
    response.writeHead(refused?.code ?? 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? refusal));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = await mkdtemp(path.join(tmpdir(), "fake-cluster-"));
  const kubeconfig = path.join(folder, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigOf((server.address() as AddressInfo).port));
  return { kubeconfig, answers, missing, requests, accepted, drop, silence, close: () => stop(server, folder) };
}

function isStatus(answer: object): answer is { readonly code: number } {
  return "kind" in answer && answer.kind === "Status" && "code" in answer;
}

/** Path and answer of a namespace's list of Secrets, of type `Opaque` and with names only. */
export function secretList(namespace: string, ...names: readonly string[]): readonly [string, object] {
  return secretTable(namespace, ...names.map((name) => ({ metadata: { namespace, name }, type: "Opaque" })));
}

interface TypedMetadata {
  readonly metadata: object;
  readonly type: string;
}

/** Path and answer of a namespace's list of Secrets, of which metadata and types were asked for. */
export function secretTable(namespace: string, ...secrets: readonly TypedMetadata[]): readonly [string, object] {
  return [`/api/v1/namespaces/${namespace}/secrets?limit=500`, secretPage(secrets)];
}

/** One page of such a list: a table, as the API server (1.37) makes it. */
export function secretPage(secrets: readonly TypedMetadata[], next?: string): object {
  return {
    apiVersion: "meta.k8s.io/v1",
    kind: "Table",
    metadata: next === undefined ? {} : { continue: next },
    columnDefinitions: ["Name", "Type", "Data", "Age"].map((name) => ({ name, type: "string" })),
    rows: secrets.map(({ metadata, type }) => ({
      cells: ["name", type, 2, "5d"],
      object: { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata },
    })),
  };
}

/** Path and answer of a list of which only metadata was asked for. An empty one has no items at all, as from the API. */
export function metadataList(path: string, ...metadata: readonly object[]): readonly [string, object] {
  return [`${path}?limit=500`, metadataPage(metadata)];
}

/** One page of such a list. */
export function metadataPage(metadata: readonly object[], next?: string): object {
  const items = metadata.map((each) => ({ metadata: each }));
  return {
    apiVersion: "meta.k8s.io/v1",
    kind: "PartialObjectMetadataList",
    metadata: next === undefined ? {} : { continue: next },
    items: items.length === 0 ? null : items,
  };
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
