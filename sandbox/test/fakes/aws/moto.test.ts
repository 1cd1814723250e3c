import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Moto, type MotoRequest } from "../../../fakes/aws/moto/moto.ts";

/** Says what it was asked, and forgets it all on request, as moto does. */
class ForgetfulServer {
  readonly #server: Server;
  seen: string[] = [];
  alias = "";
  status = 200;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        const [, action = body] = /Action=([A-Za-z]+)/.exec(body) ?? [];
        this.seen.push(`${request.url} ${action}`.trim());
        if (action === "CreateAccountAlias") this.alias = body;
        response.writeHead(action.startsWith("fail") ? 400 : this.status);
        response.end(action === "ListAccountAliases" ? this.alias : "{}");
      });
    });
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** A restart. */
  forget(): void {
    this.seen = [];
    this.alias = "";
  }
}

describe("moto behind the fake AWS", () => {
  let folder = "";
  let server: ForgetfulServer;
  let moto: Moto;
  const call = (body: string): MotoRequest => ({
    method: "POST",
    path: "/",
    headers: { host: "h" },
    body: Buffer.from(body),
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "moto-"));
    server = new ForgetfulServer();
    moto = new Moto({ port: await server.start(), folder });
  });
  afterEach(async () => {
    moto.close();
    server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("does again, in order and under the same seeds, what changed something and succeeded", async () => {
    await moto.ensureState();
    server.seen = [];
    await moto.pass("CreateSecret", call("one"));
    await moto.pass("GetSecretValue", call("read"));
    await moto.pass("PutSecretValue", call("fail two"));
    await moto.pass("PutSecretValue", call("three"));
    const work = [
      "/moto-api/seed?a=1",
      "/ one",
      "/ read",
      "/moto-api/seed?a=2",
      "/ fail two",
      "/moto-api/seed?a=2",
      "/ three",
    ];
    assert.deepEqual(server.seen, work);
    server.forget();
    assert.equal(await moto.ensureState(), true);
    assert.deepEqual(server.seen, [
      ...["/ ListAccountAliases", "/moto-api/reset"],
      ...["/moto-api/seed?a=1", "/ one", "/moto-api/seed?a=2", "/ three"],
      "/ CreateAccountAlias",
    ]);
    server.seen = [];
    await moto.ensureState();
    assert.deepEqual(server.seen, ["/ ListAccountAliases"]);
  });

  it("keeps the journal for the user only, and passes over a line that was never finished", async () => {
    await moto.ensureState();
    await moto.pass("CreateSecret", call("one"));
    const file = path.join(folder, "journal.jsonl");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await appendFile(file, '{"seed":2,"met');
    server.forget();
    await moto.ensureState();
    await moto.pass("CreateSecret", call("two"));
    assert.equal((await readFile(file, "utf8")).split("\n").length, 3);
    assert.deepEqual(server.seen.slice(2), [
      ...["/moto-api/seed?a=1", "/ one", "/ CreateAccountAlias"],
      ...["/moto-api/seed?a=2", "/ two"],
    ]);
  });

  it("believes the journal and not moto after a restart of the front", async () => {
    await moto.ensureState();
    await moto.pass("CreateSecret", call("one"));
    server.seen = [];
    const next = new Moto({ port: Number(new URL(moto.endpoint).port), folder });
    await next.ensureState();
    await next.pass("CreateSecret", call("two"));
    next.close();
    assert.deepEqual(server.seen, [
      ...["/moto-api/reset", "/moto-api/seed?a=1", "/ one", "/ CreateAccountAlias"],
      ...["/moto-api/seed?a=2", "/ two"],
    ]);
  });

  it("says that it does not answer", async () => {
    server.stop();
    await assert.rejects(moto.pass("GetSecretValue", call("read")), /^Error: moto does not answer on port [0-9]+: /);
  });

  it("fails loudly when the journal cannot be done again", async () => {
    await moto.ensureState();
    await moto.pass("CreateSecret", call("one"));
    server.forget();
    server.status = 500;
    await assert.rejects(moto.ensureState(), { message: "moto refused change 1 of the journal: 500" });
  });
});
