import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { preventRunLogs } from "../../pulumi/run-logs.ts";

describe("logs of runs by the engine", () => {
  let pulumiHome: string;

  beforeEach(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "run-logs-"));
    pulumiHome = path.join(folder, "pulumi-home");
  });

  afterEach(() => rm(path.dirname(pulumiHome), { recursive: true }));

  it("can't be written: a file is in the folder's place", async () => {
    await preventRunLogs({ pulumiHome });
    assert.equal(await readFile(path.join(pulumiHome, "logs"), "utf8"), "");
  });

  it("of an earlier version are removed", async () => {
    await mkdir(path.join(pulumiHome, "logs"), { recursive: true });
    await writeFile(path.join(pulumiHome, "logs", "stack-20261130T205457.log"), "PLOG");
    await preventRunLogs({ pulumiHome });
    await preventRunLogs({ pulumiHome });
    assert.equal(await readFile(path.join(pulumiHome, "logs"), "utf8"), "");
  });
});
