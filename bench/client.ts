import { Agent, request } from "node:https";
import http from "node:http";
import { kubeconfigLibrary } from "../components/clusters/kubeconfig.ts";
import type { Connection } from "../sandbox/connection.ts";

/** Sends plain requests to the API server and Vault over keep-alive connections. */
export interface PlainClient {
  kubernetes(method: string, path: string, body?: object): Promise<string>;
  vault(method: string, path: string, body?: object): Promise<string>;
  close(): void;
}

/** Requests in flight at a time, by the definition of the floor. */
export const parallel = 16;

/** Opens a client with the sandbox's credentials. */
export async function plainClient(connection: Connection): Promise<PlainClient> {
  // Without the models of all kinds, of which plain requests need none.
  const { KubeConfig } = await kubeconfigLibrary();
  const config = new KubeConfig();
  config.loadFromFile(connection.kubeconfig);
  const options: { ca?: unknown; cert?: unknown; key?: unknown } = {};
  await config.applyToHTTPSOptions(options);
  const secure = new Agent({ ...(options as object), keepAlive: true, maxSockets: parallel });
  const plain = new http.Agent({ keepAlive: true, maxSockets: parallel });
  return {
    kubernetes: (method, path, body) =>
      send(
        (done) =>
          request(
            new URL(path, connection.kubernetesServer),
            { method, agent: secure, headers: { "content-type": "application/apply-patch+yaml" } },
            done,
          ),
        body,
      ),
    vault: (method, path, body) =>
      send(
        (done) =>
          http.request(
            new URL(`/v1/${path}`, connection.vaultAddress),
            { method, agent: plain, headers: { "x-vault-token": connection.vaultToken } },
            done,
          ),
        body,
      ),
    close: () => {
      secure.destroy();
      plain.destroy();
    },
  };
}

function send(
  open: (done: (response: http.IncomingMessage) => void) => http.ClientRequest,
  body?: object,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = open((response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if ((response.statusCode ?? 500) < 300) resolve(text);
        else reject(new Error(`${outgoing.method} ${outgoing.path}: ${response.statusCode} ${text.slice(0, 300)}`));
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Runs a task for each item, `parallel` at a time. */
export async function forEachParallel<T>(items: readonly T[], task: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (const item of queue) await task(item);
    }),
  );
}
