import assert from "node:assert/strict";
import { provided } from "../../../components/values/recipe.ts";
import { configured, typed } from "../support/cli.ts";
import { cloudsCatalogue, cloudsOptions, deployClouds } from "../support/clouds/stack.ts";
import { mergeValues } from "../../../sandbox/engine/project.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";

/** The stack with a value that a standard parameter does not hold, for a store of this tier. */
function withLongValue(tier: string): StackOptions {
  const options = cloudsOptions();
  return {
    ...options,
    catalogue: cloudsCatalogue({
      long: {
        secrets: { chain: { keys: { certificates: provided("huggingfaceToken") } } },
        deliveries: [{ namespace: "store-ssm", secretName: "chain", from: ["chain"] }],
      },
    }),
    facts: mergeValues(options.facts ?? {}, { stores: { "parameter-store": { tier } } }),
    secrets: { huggingfaceToken: "c".repeat(4097) },
  };
}

describe("a value that is too long for a standard parameter", () => {
  before(async () => {
    await deployClouds();
  });
  after(async () => {
    // Values stay in the stack's configuration, where other files' catalogues ask for none.
    const { code, output } = await typed("pulumi config rm huggingfaceToken", "clouds");
    assert.equal(code, 0, output);
  });

  it("is refused by preview, with the command that lets a larger one be made", async () => {
    const refused = await run("preview", withLongValue("standard"));
    assert.equal(refused.ok, false);
    const said = refused.errors.join("\n");
    const [, command = ""] =
      /stores\.parameter-store: parameter "\/mlops-platform-clouds\/long\/chain\/certificates" has 4097 bytes; tier standard allows at most 4096\.\n\s*fix: (.+)/.exec(
        said,
      ) ?? [];
    const { code, output } = await typed(command, "clouds");
    assert.equal(code, 0, `${output}\n${said}`);
    const { stores } = (await configured("clouds")) as {
      readonly stores: { readonly "parameter-store": { readonly tier: string } };
    };
    assert.equal(stores["parameter-store"].tier, "by-size");
    await succeed("preview", withLongValue("by-size"));
  });
});
