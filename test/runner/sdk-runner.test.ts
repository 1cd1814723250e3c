import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { outputsSchema } from "../../stacks/outputs.ts";
import { startStandInEngine, type Heard } from "./stand-in-engine.ts";

const repository = path.resolve(import.meta.dirname, "../..");
/** What the CLI's language host starts (`pulumi-language-nodejs`, main.go). */
const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run");

/** Runs the repository's program as `pulumi preview` does: by the SDK's own Node host, with `typescript: false`. */
async function runProgram(config: Readonly<Record<string, string>>, secretKeys: readonly string[]) {
  const engine = await startStandInEngine();
  try {
    const args = ["--monitor", engine.address, "--engine", engine.address, "--organization", "organization"];
    args.push(
      "--project",
      "multicloud-secrets",
      "--stack",
      "sandbox",
      "--pwd",
      repository,
      "--dry-run",
      "--parallel",
      "8",
    );
    const { exitCode, stderr } = await execa(process.execPath, [runner, ...args, "."], {
      cwd: repository,
      reject: false,
      timeout: 30_000,
      env: {
        PULUMI_NODEJS_TYPESCRIPT: "false",
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
      },
    });
    return { exitCode, stderr, heard: engine.heard };
  } finally {
    engine.stop();
  }
}

async function sandboxConfig(): Promise<Record<string, string>> {
  const file = parse(await readFile(path.join(repository, "Pulumi.sandbox.yaml"), "utf8")) as {
    readonly config: Readonly<Record<string, unknown>>;
  };
  return Object.fromEntries(
    Object.entries(file.config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

const token = "multicloud-secrets:huggingfaceToken";

describe("the program under Pulumi's own Node host", function () {
  this.timeout(40_000);

  it("runs without a type check or a build, and returns the outputs", async () => {
    const { exitCode, stderr, heard } = await runProgram({ ...(await sandboxConfig()), [token]: "brought" }, [token]);

    assert.deepEqual({ exitCode, errors: heard.errors }, { exitCode: 0, errors: [] }, stderr);
    assert.equal(count(heard, "kubernetes:external-secrets.io/v1:ExternalSecret"), 13);
    assert.equal(count(heard, "kubernetes:helm.sh/v3:Release"), 1);
    assert.equal(outputsSchema.parse(heard.outputs).environment, "sandbox");
  });

  it("rejects a configuration with its message alone: no stack trace, no resource", async () => {
    const { exitCode, heard } = await runProgram(await sandboxConfig(), []);

    assert.notEqual(exitCode, 0);
    assert.deepEqual(heard.errors, [
      [
        'The configuration of environment "sandbox" has 1 problem. Nothing was changed.',
        "  huggingfaceToken: a value that people must provide is missing",
        "    fix: pulumi config set --secret huggingfaceToken",
      ].join("\n"),
    ]);
    assert.deepEqual(
      heard.resources.map(({ type }) => type),
      ["pulumi:pulumi:Stack"],
    );
  });
});

function count(heard: Heard, type: string): number {
  return heard.resources.filter((each) => each.type === type).length;
}
