import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { messageOf, SandboxError } from "../support/errors.ts";
import type { Running } from "./support/gateway.ts";
import { answerJson, readJsonBody } from "./support/http.ts";

/** What the admin endpoint speaks for. */
export interface AdminOptions {
  /** On 127.0.0.1; 0 for a free one. */
  readonly port: number;
  readonly gateway: Pick<Running, "requests" | "faults">;
  readonly isReady: () => Promise<boolean>;
  readonly podIdentityAgent: (authorization: string | undefined, response: ServerResponse) => Promise<void>;
  /** Says where a Lambda function answers: `{ arn, url }`. */
  readonly putFunction: (body: unknown) => object;
}

/**
 * The other door of the process `clouds`, for the platform and its tests, not for clients of a cloud: `GET /healthz`;
 * `GET` and `DELETE /requests`, the counters; `GET`, `POST` and `DELETE /faults`; `POST /functions`, where a Lambda function
 * answers; `GET /v1/credentials`, the EKS Pod Identity agent.
 */
export async function startAdmin(options: AdminOptions): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      // A fault that cannot be read is the asker's mistake, and says how to write one.
      answerJson(response, error instanceof SandboxError ? 400 : 500, { message: messageOf(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, options: AdminOptions): Promise<void> {
  const { requests, faults } = options.gateway;
  switch (`${request.method} ${request.url?.split("?")[0]}`) {
    case "GET /healthz": {
      const ready = await options.isReady();
      return answerJson(response, ready ? 200 : 503, { ready });
    }
    case "GET /requests":
      return answerJson(response, 200, requests.snapshot());
    case "DELETE /requests":
      requests.reset();
      return answerJson(response, 200, {});
    case "GET /faults":
      return answerJson(response, 200, faults.list());
    case "POST /faults":
      return answerJson(response, 200, added(options, await readJsonBody(request)));
    case "DELETE /faults":
      faults.clear();
      return answerJson(response, 200, {});
    case "POST /functions":
      return answerJson(response, 200, options.putFunction(await readJsonBody(request)));
    case "GET /v1/credentials":
      return await options.podIdentityAgent(request.headers.authorization, response);
    default:
      return answerJson(response, 404, { message: `${request.method} ${request.url} is not known here` });
  }
}

function added({ gateway }: AdminOptions, body: unknown): unknown {
  return gateway.faults.add(body);
}
