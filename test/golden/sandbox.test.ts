import assert from "node:assert/strict";
import { demoValues } from "../../sandbox/engine/demo-values.ts";
import { deployStack } from "../../stacks/index.ts";
import type { EnvironmentOutputs } from "../../stacks/outputs.ts";
import { clearTexts, leaks } from "../support/clear-text.ts";
import { assertGolden, goldenResources } from "../support/golden.ts";
import { runProgram, type Run } from "../support/mocks.ts";
import { root, stackConfig } from "../support/project.ts";

const secrets = { ...demoValues, vaultToken: "token-of-the-deployer-for-vault" };

describe("golden: the sandbox environment", () => {
  const config = stackConfig("sandbox", secrets);
  let run: Run<EnvironmentOutputs>;
  before(async () => {
    run = await runProgram(deployStack, { config });
  });

  it("registers exactly the committed resources and returns the committed outputs", () => {
    assertGolden("test/golden/sandbox.json", { outputs: run.result, resources: goldenResources(run.resources) });
  });

  it("registers the same things in each run", async () => {
    const second = await runProgram(deployStack, { config });
    assert.deepEqual(goldenResources(second.resources), goldenResources(run.resources));
  });

  it("previews without a value being known", async () => {
    const preview = await runProgram(deployStack, { config, preview: true });
    assert.deepEqual(preview.resources.contents, run.resources.contents);
    assert.deepEqual(preview.vault.paths, []);
  });

  it("holds no secret value in clear, in inputs, names, options, logs or outputs", () => {
    const { result, resources, logs, debugLog, calls, vault } = run;
    // User names, database names and the time of rotation are no secrets, and stand elsewhere too.
    const plain = ["mlflow", "minio-admin", "admin", "mlmduser", "deparrow", "2026-11-22T00:00:00Z"];
    const values = [...vault.values.filter((value) => !plain.includes(value)), ...Object.values(secrets)];
    assert.ok(values.length >= 20, `only ${values.length} values to look for`);
    assert.deepEqual(leaks([result, resources.all, logs, debugLog, calls], values), []);
  });

  it("holds no path of the machine that it ran on", () => {
    const texts = clearTexts([goldenResources(run.resources), run.result]);
    const paths = texts.filter((text) => text.startsWith("/") || text.includes(root));
    assert.deepEqual(paths, []);
  });
});
