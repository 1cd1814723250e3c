import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FigureLog, shown } from "../../bench/figures.ts";

describe("figures of the bench", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "bench-"));
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  it("are shown and kept one by one, so that a stopped run has those before the stop", async () => {
    const said: string[] = [];
    const file = path.join(folder, "new", "figures.jsonl");
    const log = new FigureLog({ file, say: (text) => said.push(text), now: () => new Date(0) });
    await log.add({ name: "up", secrets: 100, value: 25_512, unit: "duration", detail: { engine: 3 } });
    const afterFirst = await readFile(file, "utf8");
    assert.equal(
      afterFirst,
      '{"at":"1970-01-01T00:00:00.000Z","name":"up","secrets":100,"value":25512,"unit":"duration","detail":{"engine":3}}\n',
    );
    await log.add({ name: "start of prod", value: 900, unit: "duration" });
    assert.deepEqual(said, ["  100 secrets: up: 25.51 s", "  start of prod: 0.90 s"]);
    const second = '{"at":"1970-01-01T00:00:00.000Z","name":"start of prod","value":900,"unit":"duration"}\n';
    assert.equal(await readFile(file, "utf8"), afterFirst + second);
  });

  it("have the unit that fits their size", () => {
    assert.deepEqual(
      [shown(1_160_000_000, "bytes"), shown(3_600, "bytes"), shown(3.42, "count"), shown(8_104, "duration")],
      ["1160 MB", "3.6 kB", "3.4", "8.10 s"],
    );
  });
});
