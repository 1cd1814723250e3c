import assert from "node:assert/strict";
import { cli } from "../support/cli.ts";
import { deployMain, mainOptions } from "../support/main-stack.ts";
import { open } from "../support/stacks.ts";
import { startLanguageHost, type LanguageHost } from "../../../sandbox/engine/language-host.ts";

interface JsonPreview {
  readonly changeSummary?: Readonly<Record<string, number>>;
  readonly steps?: readonly { readonly op: string; readonly urn: string }[];
}

describe("the program in the SDK's own runner, as `pulumi preview` starts it", () => {
  let host: LanguageHost;

  before(async () => {
    await deployMain();
    host = await startLanguageHost();
    await open(mainOptions()); // writes the project and its configuration
  });
  after(() => {
    host.stop();
  });

  const preview = (...flags: readonly string[]) =>
    cli("pulumi", [
      "preview",
      `--client=${host.address}`,
      "--exec-kind=auto.inline",
      "--stack=sandbox",
      "--non-interactive",
      ...flags,
    ]);

  it("loads index.ts without a compiler and describes the whole environment", async () => {
    const { code, stdout, output } = await preview("--json", "--show-sames");
    assert.equal(code, 0, output);
    const { changeSummary = {}, steps = [] } = JSON.parse(stdout) as JsonPreview;
    const total = Object.values(changeSummary).reduce((sum, count) => sum + count, 0);
    assert.ok(total > 100, `only ${total} resources`);
    assert.ok(steps.some(({ urn }) => urn.endsWith("::local/mlflow/mlflow-tracking")));
  });

  it("ends with the reason and no stack trace when the configuration is wrong", async () => {
    await open({ ...mainOptions(), facts: { ...mainOptions().facts, created: "2026-02-30" } });
    const { code, output } = await preview();
    await open(mainOptions());
    assert.notEqual(code, 0);
    assert.match(output, /The configuration of environment "sandbox" has 1 problem\. Nothing was changed\./);
    assert.match(output, /created: /);
    assert.doesNotMatch(output, /^\s+at .*\.[jt]s:\d+/m);
    // An error with a stack ended so: the runner formatted it with all that hangs on it.
    assert.doesNotMatch(output, /heap out of memory|JavaScript heap/);
  });
});
