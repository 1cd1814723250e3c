import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { secrets } from "./command-line.ts";

const canary = "c4nary-Vq8Zt2";

describe("npx secrets migrate read", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "migrate-"));
    await writeFile(path.join(folder, ".env"), `PORT=8080\nHF_TOKEN=${canary}\nAPI_KEY=<your key>\n`);
    await writeFile(path.join(folder, "broken.env"), `${canary}\n`.repeat(25));
  });
  after(() => rm(folder, { recursive: true }));

  it("shows what a source holds, by name", async () => {
    const env = path.join(folder, ".env");
    const { code, stdout, stderr } = await secrets("migrate", "read", env);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /│ HF_TOKEN +│ here +│/);
    assert.match(stdout, /│ API_KEY +│ not in this source +│/);
    assert.ok(stdout.includes(`${env}, line 1`), "what was left");
    assert.ok(!stdout.includes(canary));
  });

  it("prints the same as JSON, with nothing of a value", async () => {
    const { code, stdout } = await secrets("migrate", "read", "--json", path.join(folder, ".env"));
    assert.equal(code, 0);
    const { secrets: found } = JSON.parse(stdout) as {
      readonly secrets: readonly { readonly keys: readonly { readonly name: string; readonly value?: string }[] }[];
    };
    assert.deepEqual(
      found.flatMap(({ keys }) => keys.map(({ name, value }) => [name, value])),
      [
        ["HF_TOKEN", "[secret value]"],
        ["API_KEY", undefined],
      ],
    );
    assert.ok(!stdout.includes(canary));
  });

  it("says what keeps a source from being read with exit code 2, and at most 20 problems", async () => {
    const { code, stdout } = await secrets("migrate", "read", path.join(folder, "broken.env"), "nowhere");
    assert.equal(code, 2);
    assert.match(stdout, /^No secrets were found\.\n\nProblems:\n/);
    assert.match(stdout, /\n {2}and 6 more\n$/);
    assert.ok(!stdout.includes(canary));
  });
});
