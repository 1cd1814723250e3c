import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a path answers: a body, a status, or whatever a test does with the response. */
export type Answer = string | Buffer | number | ((response: ServerResponse) => void);

/** A server on loopback that publishes files. */
export interface Publisher {
  readonly address: string;
  readonly answers: Map<string, Answer>;
  /** Paths in the order in which they were asked for. */
  readonly asked: string[];
}

/** Runs a test with such a server; what it does not have is a 404. */
export async function withPublisher(use: (publisher: Publisher) => Promise<void>): Promise<void> {
  const [answers, asked] = [new Map<string, Answer>(), [] as string[]];
  const server = createServer(({ method = "", url = "" }, response) => {
    asked.push(method === "GET" ? url : `${method} ${url}`);
    const answer = answers.get(url) ?? 404;
    if (typeof answer === "function") answer(response);
    else if (typeof answer === "number") response.writeHead(answer).end();
    else response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await use({ address: `http://127.0.0.1:${port}`, answers, asked });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** An answer that promises more bytes than it sends. */
export function cutOff(content: string): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(200, { "content-length": String(content.length + 1000) });
    response.write(content, () => response.destroy());
  };
}
