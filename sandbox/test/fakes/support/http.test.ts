import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerJson, BodyTooLarge, parseJson, readJsonBody } from "../../../fakes/support/http.ts";

describe("HTTP helpers of the fakes", () => {
  it("reads a JSON body up to its limit and answers with JSON", async () => {
    const server = createServer((request, response) => {
      readJsonBody(request, 20).then(
        (body) => answerJson(response, 200, { got: body }, { "X-Kind": "echo" }),
        (error: unknown) => answerJson(response, error instanceof BodyTooLarge ? 413 : 500, String(error)),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const answer = await fetch(url, { method: "POST", body: '{"a":1}' });
      assert.deepEqual(
        [answer.status, answer.headers.get("x-kind"), await answer.json()],
        [200, "echo", { got: { a: 1 } }],
      );
      const large = await fetch(url, { method: "POST", body: JSON.stringify("x".repeat(30)) });
      assert.deepEqual(
        [large.status, await large.json()],
        [413, "BodyTooLarge: the request body is larger than 20 bytes"],
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("tells an empty text from one that is no JSON", () => {
    assert.deepEqual([parseJson(""), parseJson("{"), parseJson("1")], [{}, undefined, 1]);
  });
});
