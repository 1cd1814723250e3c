import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import semver from "semver";
import { parse } from "yaml";
import { readPinnedModule, toolModules } from "../sandbox/build/tools.ts";
import { repositoryRoot } from "../sandbox/layout.ts";

/**
 * The newest SDK that the pinned engine was run with, end to end, 29 November 2026. SDK 3.276 registers dependents of a failed resource with
 * unknown inputs, which engine 3.259 does not skip: a run ends with `missing required property` before what does not
 * depend on the failure is made.
 */
const newestWithEngine = { engine: "3.259.0", sdk: "3.270.0" };

const read = (file: string) => readFile(path.join(repositoryRoot, file), "utf8");

async function engineVersion(): Promise<string> {
  const module = toolModules.find(({ name }) => name === "pulumi");
  assert.ok(module);
  return (await readPinnedModule(module)).version;
}

describe("the versions of Pulumi", () => {
  it("are an engine and an SDK that were run with each other", async () => {
    const engine = await engineVersion();
    const { version: sdk } = JSON.parse(await read("node_modules/@pulumi/pulumi/package.json")) as { version: string };
    const tried = engine === newestWithEngine.engine && semver.lte(sdk, newestWithEngine.sdk);
    assert.ok(tried || semver.lte(sdk, engine), `SDK ${sdk} is newer than what engine ${engine} was run with`);
  });

  it("are the same engine on the local platform, in workflows and in what the project requires", async () => {
    const engine = await engineVersion();
    const { requiredPulumiVersion } = parse(await read("Pulumi.yaml")) as { requiredPulumiVersion: string };
    assert.equal(requiredPulumiVersion, `>=${engine}`);
    assert.match(await read(".github/actions/environment/action.yml"), new RegExp(`pulumi-version: ${engine}$`, "m"));
  });
});
