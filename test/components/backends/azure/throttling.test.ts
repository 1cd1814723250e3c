import assert from "node:assert/strict";
import {
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from "@azure/core-rest-pipeline";
import { throttlingPolicy } from "../../../../components/backends/azure/throttling.ts";

/** Sends one request to a vault that answers with these, one after the other; tells the last, and how many there were. */
async function ask(...answers: readonly (readonly [status: number, headers?: Record<string, string>])[]) {
  let count = 0;
  const httpClient: HttpClient = {
    sendRequest(request) {
      const [status, headers = {}] = answers[Math.min(count, answers.length - 1)] ?? [500];
      count += 1;
      return Promise.resolve({ request, status, headers: createHttpHeaders(headers) });
    },
  };
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(await throttlingPolicy({ waitMs: 1 }));
  const { status } = await pipeline.sendRequest(
    httpClient,
    createPipelineRequest({ url: "https://team.vault.azure.net" }),
  );
  return { status, count };
}

describe("a throttled Key Vault", () => {
  it("is asked again where it does not say when", async () => {
    assert.deepEqual(await ask([429], [429], [200]), { status: 200, count: 3 });
  });

  it("is left alone after five more requests", async () => {
    assert.deepEqual(await ask([429]), { status: 429, count: 6 });
  });

  it("is left to Microsoft's SDK where it says when, and so is every other answer", async () => {
    assert.deepEqual(await ask([429, { "retry-after": "1" }], [200]), { status: 429, count: 1 });
    assert.deepEqual(await ask([503], [200]), { status: 503, count: 1 });
    assert.deepEqual(await ask([403], [200]), { status: 403, count: 1 });
  });
});
