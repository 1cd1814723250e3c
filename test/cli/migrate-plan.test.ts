import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { secrets } from "./command-line.ts";

const canary = "c4nary-Vq8Zt2";

describe("npx secrets migrate plan", () => {
  let env = "";
  before(async () => {
    env = path.join(await mkdtemp(path.join(tmpdir(), "migrate-")), ".env");
    await writeFile(env, `HF_TOKEN=${canary}\n`);
  });
  after(() => rm(path.dirname(env), { recursive: true }));

  it("shows what would be done, without a value", async () => {
    const { code, stdout, stderr } = await secrets("migrate", "plan", env, "--stack", "sandbox");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(
      stdout,
      `Migration into environment sandbox. Nothing was changed.

┌───────────────────────────────────┬──────────┬────────────────────────────┬───────────────────┐
│ Secret                            │ key      │ value                      │ catalogue         │
├───────────────────────────────────┼──────────┼────────────────────────────┼───────────────────┤
│ private-ai-demo/huggingface-token │ HF_TOKEN │ provided: huggingfaceToken │ huggingface/token │
└───────────────────────────────────┴──────────┴────────────────────────────┴───────────────────┘

Values that the migration sets, encrypted:
  huggingfaceToken: HF_TOKEN of Secret private-ai-demo/huggingface-token, from ${env}, line 1
`,
    );
  });

  it("refuses an environment that does not exist, and a Secret that is none", async () => {
    const unknown = await secrets("migrate", "plan", env, "--stack", "nowhere");
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /^The configuration of environment "nowhere" has 1 problem\. Nothing was changed\./);
    assert.deepEqual(await secrets("migrate", "plan", env, "--stack", "sandbox", "--to", "shop", "--json"), {
      code: 2,
      stdout: `${JSON.stringify({ error: { kind: "refused", message: "--to: names no Secret\n    fix: write --to <namespace>/<Secret>" } }, undefined, 2)}\n`,
      stderr: "--to: names no Secret\n    fix: write --to <namespace>/<Secret>\n",
    });
  });
});
