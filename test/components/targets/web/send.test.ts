import assert from "node:assert/strict";
import { retryAfterMilliseconds, send, type HttpRequest } from "../../../../components/targets/web/send.ts";
import { startStandIn, type StandIn, type StandInAnswer } from "../../../support/stand-ins/server.ts";

describe("a request to a target over HTTP", () => {
  let server: StandIn;
  let answers: StandInAnswer[];
  const waits: number[] = [];
  const clock = { now: () => 0, sleep: (milliseconds: number) => Promise.resolve(void waits.push(milliseconds)) };
  beforeEach(async () => {
    waits.length = 0;
    server = await startStandIn(() => answers.shift() ?? { status: 200, body: { done: true } });
  });
  afterEach(() => server.stop());

  const request = (changes: Partial<HttpRequest> = {}): HttpRequest => ({
    method: "PUT",
    url: new URL("/users/1", server.url),
    headers: { "X-Own": "yes" },
    body: "ünïcode",
    ...changes,
  });

  it("is sent as it is, with its length in bytes", async () => {
    answers = [];
    assert.deepEqual(await send(request()), { status: 200, body: '{"done":true}', isRedirect: false });
    const [{ method, path, headers, body } = assert.fail("nothing was sent")] = server.seen;
    assert.deepEqual(
      [method, path, headers["x-own"], headers["content-length"], body],
      ["PUT", "/users/1", "yes", "9", "ünïcode"],
    );
  });

  it("is tried again where the server is busy, later each time", async () => {
    answers = [{ status: 503 }, { status: 500 }, { status: 429 }];
    assert.equal((await send(request(), { clock })).status, 200);
    assert.deepEqual([server.seen.length, waits], [4, [1000, 2000, 4000]]);
  });

  it("is tried four times, and no more", async () => {
    answers = [503, 503, 503, 502, 200].map((status) => ({ status }));
    assert.equal((await send(request(), { clock })).status, 502);
    assert.equal(server.seen.length, 4);
  });

  it("waits as long as Retry-After says, but for no more than 20 seconds", async () => {
    answers = [{ status: 429, headers: { "Retry-After": "7" } }];
    await send(request(), { clock });
    answers = [{ status: 429, headers: { "Retry-After": "3600" } }];
    assert.equal((await send(request(), { clock })).status, 429);
    assert.deepEqual([server.seen.length, waits], [3, [7000]]);
  });

  it("reads Retry-After as seconds or as a date", () => {
    const read = (header: string) => retryAfterMilliseconds(header, "Sun, 29 Nov 2026 12:00:00 GMT");
    assert.deepEqual(
      [
        read("0"),
        read(" 12 "),
        read("Sun, 29 Nov 2026 12:00:05 GMT"),
        read("Sun, 29 Nov 2026 11:00:00 GMT"),
        read("soon"),
      ],
      [0, 12_000, 5000, 0, 1000],
    );
    assert.equal(retryAfterMilliseconds("Sun, 29 Nov 2026 12:00:05 GMT"), 1000);
  });

  it("is not tried again where the answer is for good", async () => {
    for (const status of [200, 301, 400, 401, 404, 501]) {
      answers = [{ status }];
      assert.equal((await send(request(), { clock })).status, status);
    }
    answers = [{ status: 500 }];
    assert.equal((await send(request(), { clock, final: [500] })).status, 500);
    assert.deepEqual([server.seen.length, waits], [7, []]);
  });

  it("follows no redirect: what it holds is for one server", async () => {
    const other = await startStandIn(() => ({ status: 200 }));
    try {
      answers = [{ status: 307, headers: { Location: `${other.url}/users/1` } }];
      const { status, isRedirect } = await send(request());
      assert.deepEqual([status, isRedirect, other.seen.length], [307, true, 0]);
    } finally {
      await other.stop();
    }
  });

  it("keeps no more than a mebibyte of an answer", async () => {
    answers = [{ status: 200, body: "x".repeat(3 * 1024 * 1024) }];
    assert.equal((await send(request())).body.length, 1024 * 1024);
  });

  it("fails with the reason where nobody answers", async () => {
    await server.stop();
    await assert.rejects(send(request()), { code: "ECONNREFUSED" });
  });
});
