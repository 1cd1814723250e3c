import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { toolsFolder } from "../../build/tools.ts";
import { motoVersion, pythonMissing } from "../../platform/moto.ts";

describe("moto's installation", () => {
  it("pins every package exactly, and names no package index", async () => {
    const text = await readFile(path.join(toolsFolder, "moto", "requirements.txt"), "utf8");
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    assert.deepEqual(
      lines.filter((line) => !/^[A-Za-z0-9-]+==[0-9][0-9.a-z]*$/.test(line)),
      [],
    );
    assert.equal(motoVersion(text), "5.2.5");
  });

  it("says what to do without a Python that is new enough", () => {
    const fix =
      "  fix: Install it (Debian and Ubuntu: apt-get install python3 python3-venv; macOS: brew install python), or start without clouds.";
    const what = "AWS in the sandbox is moto, which needs Python 3.10 or newer.";
    assert.equal(pythonMissing(undefined).message, [what, "  why: There is no python3 on PATH.", fix].join("\n"));
    assert.equal(pythonMissing("3.9").message, [what, "  why: python3 on PATH is 3.9.", fix].join("\n"));
  });
});
