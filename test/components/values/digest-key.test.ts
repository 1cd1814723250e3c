import assert from "node:assert/strict";
import { digestKey, digestKeyName } from "../../../components/values/digest-key.ts";
import { epochName } from "../../../components/values/frozen.ts";
import { secretKey } from "../../../components/support/naming.ts";
import { knownEntropy } from "../../support/entropy.ts";
import { runProgram, type RunOptions } from "../../support/mocks.ts";
import { SecretInput } from "../../support/recording.ts";

const stash = "pulumi:index:Stash";

describe("the key that a secret's values are told apart with", () => {
  const run = async (entropy: string, options: RunOptions = {}) => {
    const { resources, ...rest } = await runProgram(() => {
      digestKey({ id: "shop/db" }, knownEntropy(entropy), {});
    }, options);
    return { ...rest, stash: resources.find(stash, "shop/db@digest-key") };
  };

  it("is 32 random bytes, kept as a secret whose later inputs are ignored", async () => {
    const { inputs, options } = (await run("first")).stash;
    const { value } = inputs["input"] as SecretInput;
    assert.equal(Buffer.from(String(value), "base64").length, 32);
    assert.ok(inputs["input"] instanceof SecretInput);
    assert.deepEqual(options.ignoreChanges, ["input"]);
  });

  it("can't be taken for a value, a rotated one among them", () => {
    const [, key = ""] = digestKeyName("shop/db").split("shop/");
    assert.equal(secretKey.test(key), false);
    const rotated = epochName({ id: "shop/db", epoch: "2026-12-01" }, "digest-key");
    assert.notEqual(digestKeyName("shop/db"), rotated);
  });
});
