import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An application that a probe asks, as the test says: it answers with a status, or waits. */
export interface ProbedApplication {
  readonly url: string;
  /** From now on it answers so; `undefined`: it answers nothing; a function: what it returns, once that is known. */
  readonly answers: (status: number | undefined | (() => Promise<number>)) => void;
  /** Resolves at the next request. */
  readonly asked: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts one that answers 200. */
export async function startProbed(): Promise<ProbedApplication> {
  let status: Parameters<ProbedApplication["answers"]>[0] = 200;
  let next = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    next.resolve();
    if (status === undefined) return;
    if (typeof status === "number") response.writeHead(status).end();
    else void status().then((known) => response.writeHead(known).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    answers: (to) => (status = to),
    asked: () => {
      next = Promise.withResolvers<void>();
      return next.promise;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
