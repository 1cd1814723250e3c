import assert from "node:assert/strict";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { Engine } from "../../support/engine.ts";
import { emptyPb, engineGrpc, enginePb } from "../../support/proto.ts";

type Request = InstanceType<typeof enginePb.LogRequest>;

/** What an engine hears while plugins speak to it. */
async function heard(speak: (engine: Engine) => void, lines: number): Promise<readonly unknown[]> {
  const requests: Request[] = [];
  const server = new Server();
  const all = Promise.withResolvers<void>();
  server.addService(engineGrpc.EngineService, {
    log: (call: { request: Request }, callback: (error: null, answer: unknown) => void) => {
      requests.push(call.request);
      callback(null, new emptyPb.Empty());
      if (requests.length === lines) all.resolve();
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const engine = new Engine(`127.0.0.1:${port}`);
  speak(engine);
  await all.promise;
  engine.close();
  server.forceShutdown();
  const severities = Object.entries(enginePb.LogSeverity);
  return requests
    .map((request) => ({
      urn: request.getUrn(),
      message: request.getMessage(),
      severity: severities.find(([, number]) => number === request.getSeverity())?.[0],
      ephemeral: request.getEphemeral(),
    }))
    .sort((a, b) => (a.message < b.message ? -1 : 1));
}

describe("what a plugin says to the engine", () => {
  it("is kept, or passes where it is of progress, a warning as well as a note", async () => {
    const lines = await heard((engine) => {
      const log = engine.logFor("urn");
      log.info("1");
      log.warn("2");
      log.status("3");
      log.status("4", "warning");
    }, 4);
    assert.deepEqual(lines, [
      { urn: "urn", message: "1", severity: "INFO", ephemeral: false },
      { urn: "urn", message: "2", severity: "WARNING", ephemeral: false },
      { urn: "urn", message: "3", severity: "INFO", ephemeral: true },
      { urn: "urn", message: "4", severity: "WARNING", ephemeral: true },
    ]);
  });
});
