import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { kubernetesProvider } from "../../kubernetes/provider.ts";
import type { StandInProvider } from "../../support/provider.ts";
import type { PropertyMap } from "../../support/values.ts";

/** A write that the API server saw. */
export interface Seen {
  readonly request: string;
  readonly query: Readonly<Record<string, string>>;
  readonly type: string | undefined;
  readonly body: unknown;
}

/** What to answer to `<method> <path>`, whatever the query: a status and a body. */
export type Answers = Readonly<Record<string, readonly [number, unknown]>>;

const kinds = {
  "GET /version": [200, { gitVersion: "v1.37.2" }],
  "GET /api/v1": [200, { resources: [{ name: "secrets", kind: "Secret", namespaced: true }] }],
  "GET /apis/apps/v1": [200, { resources: [{ name: "deployments", kind: "Deployment", namespaced: true }] }],
} as const satisfies Answers;

/** The plugin on an API server that answers exactly what a test expects to be asked; `stop` throws for everything else. */
export async function onApiServer(
  answers: Answers,
  settings: PropertyMap = {},
): Promise<{ provider: StandInProvider; seen: Seen[]; stop: () => Promise<void> }> {
  const seen: Seen[] = [];
  const unexpected: string[] = [];
  const known: Answers = { ...kinds, ...answers };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "", "http://server");
      const key = `${request.method ?? ""} ${url.pathname}`;
      const text = Buffer.concat(chunks).toString("utf8");
      if (request.method !== "GET") {
        const body = text === "" ? undefined : (JSON.parse(text) as unknown);
        const query = Object.fromEntries(url.searchParams);
        seen.push({ request: key, query, type: request.headers["content-type"], body });
      }
      const answer = known[key];
      if (answer === undefined) unexpected.push(key);
      const [status, body] = answer ?? [599, {}];
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = JSON.stringify({
    // The client speaks plain HTTP only where it need not verify anybody.
    clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    "current-context": "c",
  });
  const provider = kubernetesProvider();
  await provider.configure({ kubeconfig, enableSecretMutable: "true", ...settings });
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (unexpected.length > 0) throw new Error(`unexpected requests: ${unexpected.join(", ")}`);
  };
  return { provider, seen, stop };
}
