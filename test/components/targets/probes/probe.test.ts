import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { probeFacts, probeSpecOf } from "../../../../components/targets/probes/facts.ts";
import { needsUsername, probeText, runProbe } from "../../../../components/targets/probes/probe.ts";

const login = { username: "shop", password: "n3w" };

describe("a probe", () => {
  let server: Server;
  let url: string;
  let seen: string[] = [];
  let statuses: number[] = [];
  before(async () => {
    server = createServer(({ method = "", url: path = "", headers }, response) => {
      seen.push(`${method} ${path} ${headers.authorization ?? ""}`);
      response.writeHead(statuses.shift() ?? 200).end("quoted: n3w");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    [seen, statuses] = [[], []];
  });
  after(() => void server.close());

  const specOf = (request: object, more: object = {}) =>
    probeSpecOf(
      "api",
      probeFacts.parse({ kind: "http", request: { url: `${url}/me`, ...request }, tls: "off", ...more }),
    );
  /** Runs it in time that passes as it is slept. */
  const run = async (probe: ReturnType<typeof specOf>) => {
    let now = 0;
    const clock = { now: () => now, sleep: (milliseconds: number) => Promise.resolve(void (now += milliseconds)) };
    await runProbe({ use: { probe, username: "username", password: "password" }, login, attempt: "", clock });
  };

  it("sends what was delivered, as a login or as a token", async () => {
    await run(specOf({}));
    await run(specOf({ authentication: "bearer" }));
    const basic = Buffer.from("shop:n3w").toString("base64");
    assert.deepEqual(seen, [`GET /me Basic ${basic}`, "GET /me Bearer n3w"]);
  });

  it("is repeated until the application has followed", async () => {
    statuses = [401, 401];
    await run(specOf({}));
    assert.equal(seen.length, 3);
  });

  it("fails when its time is over, and quotes nothing of the answer", async () => {
    statuses = [401, 401];
    await assert.rejects(run(specOf({}, { withinSeconds: 2 })), {
      message: "it answers GET with 401, and not with 200 to 299, for 2 s",
      fix: "see why it refuses what its Secret says, or correct probes.api",
    });
  });

  it("names its own facts where nobody answers", async () => {
    const closed = probeSpecOf(
      "api",
      probeFacts.parse({ kind: "http", request: { url: "http://127.0.0.1:1/" }, tls: "off", withinSeconds: 0 }),
    );
    await assert.rejects(run(closed), {
      message: "connect ECONNREFUSED 127.0.0.1:1",
      fix: "let the deployer reach 127.0.0.1:1, or correct probes.api",
    });
  });

  it("is named by where it is, and needs a name where its request has one", () => {
    const job = probeSpecOf(
      "inside",
      probeFacts.parse({ kind: "job", cluster: "main", namespace: "checks", image: "psql:18", command: ["check"] }),
    );
    assert.equal(probeText(job), "probe inside (job at namespace checks of cluster main)");
    assert.equal(probeText(specOf({})), `probe api (http at ${url})`);
    assert.deepEqual(
      [job, specOf({}), specOf({ authentication: "bearer" })].map((each) => needsUsername(each)),
      [false, true, false],
    );
  });

  const refused: readonly (readonly [string, object, string])[] = [
    [
      "proves nothing",
      { request: { url: "https://api.example", authentication: "none" } },
      "proves nothing: it names ${password} nowhere, and authentication is none",
    ],
    [
      "asks for an administrator",
      { request: { url: "https://api.example", headers: { "X-Token": "${administratorPassword}" } } },
      "is sent with what was delivered: ${username} and ${password} are all that it may name",
    ],
    [
      "is sent in clear",
      { request: { url: "http://api.example" } },
      "must be https, or tls must be off: passwords would be sent in clear",
    ],
  ];
  for (const [name, facts, problem] of refused) {
    it(`is refused where it ${name}`, () => {
      const { error } = probeFacts.safeParse({ kind: "http", ...facts });
      assert.deepEqual(
        error?.issues.map(({ message }) => message),
        [problem],
      );
    });
  }
});
