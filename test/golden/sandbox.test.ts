import assert from "node:assert/strict";
import { demoValues } from "../../sandbox/engine/demo-values.ts";
import { deployStack } from "../../stacks/index.ts";
import { clearTexts, leaks } from "../support/clear-text.ts";
import { assertGolden, goldenResources } from "../support/golden.ts";
import { runProgram } from "../support/mocks.ts";
import { root, stackConfig } from "../support/project.ts";

const secrets = { ...demoValues, vaultToken: "token-of-the-deployer-for-vault" };

describe("golden: the sandbox environment", () => {
  it("registers exactly the committed resources and returns the committed outputs", async () => {
    const run = await runProgram(deployStack, { config: stackConfig("sandbox", secrets) });
    assertGolden("test/golden/sandbox.json", { outputs: run.result, resources: goldenResources(run.resources) });
  });

  it("registers the same things in each run", async () => {
    const config = stackConfig("sandbox", secrets);
    const [first, second] = [await runProgram(deployStack, { config }), await runProgram(deployStack, { config })];
    assert.deepEqual(goldenResources(first.resources), goldenResources(second.resources));
  });

  it("previews without a value being known", async () => {
    const run = await runProgram(deployStack, { config: stackConfig("sandbox", secrets), preview: true });
    const applied = await runProgram(deployStack, { config: stackConfig("sandbox", secrets) });
    assert.deepEqual(run.resources.contents, applied.resources.contents);
    assert.deepEqual(run.vault.paths, []);
  });

  it("holds no secret value in clear, in inputs, names, options, logs or outputs", async () => {
    const { result, resources, logs, debugLog, calls, vault } = await runProgram(deployStack, {
      config: stackConfig("sandbox", secrets),
    });
    // User names, database names and the time of rotation are no secrets, and stand elsewhere too.
    const plain = ["mlflow", "minio-admin", "admin", "mlmduser", "deparrow", "2026-11-22T00:00:00Z"];
    const values = [...vault.values.filter((value) => !plain.includes(value)), ...Object.values(secrets)];
    assert.ok(values.length >= 20, `only ${values.length} values to look for`);
    assert.deepEqual(leaks([result, resources.all, logs, debugLog, calls], values), []);
  });

  it("holds no path of the machine that it ran on", async () => {
    const { resources, result } = await runProgram(deployStack, { config: stackConfig("sandbox", secrets) });
    const texts = clearTexts([goldenResources(resources), result]);
    assert.deepEqual(
      texts.filter((text) => text.startsWith("/") || text.includes(root)),
      [],
    );
  });
});
