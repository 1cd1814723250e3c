import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startAdmin } from "../../fakes/admin.ts";
import { Faults } from "../../fakes/support/faults.ts";
import { answerJson } from "../../fakes/support/http.ts";
import { RequestCounter } from "../../fakes/support/requests.ts";

describe("the admin endpoint of the fake clouds", () => {
  let server: Server;
  let ready = true;
  const gateway = { requests: new RequestCounter(), faults: new Faults() };
  before(async () => {
    server = await startAdmin({
      ...{ port: 0, gateway, isReady: () => Promise.resolve(ready) },
      podIdentityAgent: (token, response) => Promise.resolve(answerJson(response, 200, { token })),
      putFunction: (body) => ({ put: body }),
    });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const ask = async (method: string, path: string, body?: unknown): Promise<[number, unknown]> => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const answer = await fetch(url, {
      ...{ method, headers: { authorization: "pod-token" } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return [answer.status, await answer.json()];
  };

  it("says whether everything behind it answers", async () => {
    assert.deepEqual(await ask("GET", "/healthz"), [200, { ready: true }]);
    ready = false;
    assert.deepEqual(await ask("GET", "/healthz"), [503, { ready: false }]);
  });

  it("shows and resets the counters", async () => {
    gateway.requests.count("ssm.eu-central-1.amazonaws.com", "GetParameter");
    const counts = { "ssm.eu-central-1.amazonaws.com": { GetParameter: 1 } };
    assert.deepEqual(await ask("GET", "/requests"), [200, counts]);
    await ask("DELETE", "/requests");
    assert.deepEqual(await ask("GET", "/requests"), [200, {}]);
  });

  it("starts and ends faults", async () => {
    const fault = { kind: "throttle", host: "ssm.*", forMs: 60_000 };
    assert.deepEqual(await ask("POST", "/faults", fault), [200, fault]);
    assert.deepEqual(await ask("GET", "/faults"), [200, [fault]]);
    await ask("DELETE", "/faults");
    assert.deepEqual(await ask("GET", "/faults"), [200, []]);
    assert.equal((await ask("POST", "/faults", { kind: "explode" }))[0], 400);
  });

  it("hears where a function answers", async () => {
    assert.deepEqual(await ask("POST", "/functions", { arn: "a" }), [200, { put: { arn: "a" } }]);
  });

  it("is the Pod Identity agent, which gets the pod's token", async () => {
    assert.deepEqual(await ask("GET", "/v1/credentials"), [200, { token: "pod-token" }]);
  });

  it("knows nothing else", async () => {
    assert.deepEqual(await ask("GET", "/secrets"), [404, { message: "GET /secrets is not known here" }]);
  });
});
