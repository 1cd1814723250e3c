import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "../support/project.ts";
import { secrets } from "./command-line.ts";

describe("npx secrets env-template", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "env-template-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("prints the template that its page shows", async () => {
    const { code, stdout, stderr } = await secrets("env-template", "mlflow/mlflow-db-secret", "--stack", "dev");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const page = await readFile(path.join(root, "docs/env-template.md"), "utf8");
    assert.ok(page.includes(`\`\`\`sh\n${stdout}\`\`\``), stdout);
  });

  it("writes it, and says when it is out of date", async () => {
    const file = path.join(folder, "env.template");
    const words = ["env-template", "mlflow", "--stack", "dev", "--out", file];
    assert.deepEqual(await secrets(...words), { code: 0, stdout: `${file} is written\n`, stderr: "" });
    assert.deepEqual(await secrets(...words, "--check"), { code: 0, stdout: `${file} is up to date\n`, stderr: "" });
    await writeFile(file, (await readFile(file, "utf8")).replace("password=", "passwd="));
    assert.deepEqual(await secrets(...words, "--check"), {
      code: 1,
      stdout: `${file} differs from the description of dev\n    fix: npx secrets env-template mlflow --stack dev --out ${file}\n`,
      stderr: "",
    });
  });

  it("says by name what a .env file lacks, and prints none of its values", async () => {
    const file = path.join(folder, ".env");
    await writeFile(file, "password=c4nary-Vq8Zt2\nuri=\n");
    const words = ["env-template", "mlflow", "--stack", "dev", "--env", file];
    assert.deepEqual(await secrets(...words), {
      code: 1,
      stdout: `${file} lacks variables of mlflow:\n  username: missing\n  uri: empty\n`,
      stderr: "",
    });
    const { code, stdout } = await secrets(...words, "--json");
    assert.deepEqual([code, JSON.parse(stdout)], [1, { file, missing: ["username"], empty: ["uri"] }]);
    await writeFile(file, "password=x\nuri=x\nusername=x\n");
    const good = { code: 0, stdout: `${file} sets every variable of mlflow\n`, stderr: "" };
    assert.deepEqual(await secrets(...words), good);
  });
});
