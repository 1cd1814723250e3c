import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { withLock } from "../../support/lock.ts";
import { isRunning, parseProcessRecord, recordOf, stopProcess } from "../../support/processes.ts";

describe("process records", () => {
  it("know a running process", () => {
    const own = recordOf(process.pid);
    assert.ok(own);
    assert.ok(isRunning(own));
  });

  it("do not take a reused pid for the old process", () => {
    assert.equal(isRunning({ pid: process.pid, startTime: "an earlier life" }), false);
  });

  it("know that a process is gone", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    await once(child, "spawn");
    const record = recordOf(child.pid ?? 0);
    assert.ok(record);
    await stopProcess(record, 5000);
    assert.equal(isRunning(record), false);
  });

  it("refuse what is not a record: a torn file, pid 0, pid 1", () => {
    for (const value of [undefined, null, {}, { pid: 0, startTime: "x" }, { pid: 1, startTime: "x" }, { pid: 7 }]) {
      assert.equal(parseProcessRecord(value), undefined);
    }
  });
});

describe("lock", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lock-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const busy = () => {
    throw new Error("busy");
  };

  it("is held by this process inside, and gone after", async () => {
    const file = path.join(folder, "lock");
    await withLock(file, { onBusy: busy }, async () => {
      assert.deepEqual(JSON.parse(await readFile(file, "utf8")), recordOf(process.pid));
    });
    await assert.rejects(readFile(file), { code: "ENOENT" });
  });

  it("is refused while a live process holds it", async () => {
    const file = path.join(folder, "lock");
    await withLock(file, { onBusy: busy }, async () => {
      await assert.rejects(
        withLock(file, { onBusy: busy }, () => Promise.resolve()),
        { message: "busy" },
      );
    });
  });

  for (const [name, content] of [
    ["a killed run", '{"pid":4194303,"startTime":"x"}'],
    ["a process whose pid was reused", `{"pid":${process.pid},"startTime":"an earlier life"}`],
    ["a crash while writing", ""],
  ] as const) {
    it(`is taken over from ${name}`, async () => {
      const file = path.join(folder, "lock");
      await writeFile(file, content);
      assert.equal(await withLock(file, { onBusy: busy }, () => Promise.resolve("done")), "done");
    });
  }
});
