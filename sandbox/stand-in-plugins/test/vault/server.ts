import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { StandInProvider } from "../../support/provider.ts";
import { type PropertyMap, Secret } from "../../support/values.ts";
import { vaultProvider } from "../../vault/provider.ts";
import { held } from "../sdk/conforms.ts";

/** A request that the server saw. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly namespace: string | undefined;
}

/** What to answer: a status and a body. */
export type Answers = Readonly<Record<string, readonly [number, unknown] | (() => readonly [number, unknown])>>;

/** An HTTP server that answers exactly what a test expects to be asked, and fails it for everything else. */
export async function vaultServer(
  answers: Answers,
): Promise<{ address: string; seen: Seen[]; stop: () => Promise<void> }> {
  const seen: Seen[] = [];
  const unexpected: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const key = `${request.method ?? ""} ${request.url ?? ""}`;
      const namespace = request.headers["x-vault-namespace"];
      seen.push({
        method: request.method ?? "",
        url: request.url ?? "",
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
        namespace: typeof namespace === "string" ? namespace : undefined,
      });
      const answer = answers[key];
      if (answer === undefined) unexpected.push(key);
      const [status, body] = typeof answer === "function" ? answer() : (answer ?? [599, {}]);
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (unexpected.length > 0) throw new Error(`unexpected requests: ${unexpected.join(", ")}`);
  };
  return { address: `http://127.0.0.1:${port}`, seen, stop };
}

/** Runs a provider against such a server. */
export async function withVault<Result>(
  answers: Answers,
  use: (provider: StandInProvider, seen: Seen[]) => Promise<Result>,
  config: PropertyMap = {},
): Promise<Result> {
  const server = await vaultServer(answers);
  try {
    const provider = held(vaultProvider());
    await provider.configure({
      address: server.address,
      token: new Secret("root"),
      skipChildToken: "true",
      maxRetries: 0,
      ...config,
    });
    return await use(provider, server.seen);
  } finally {
    await server.stop();
  }
}
