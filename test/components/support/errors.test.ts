import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import { ConfigError, messageOf, RefusedError, StoreError } from "../../../components/support/errors.ts";

const issues = [
  { path: "stores.vault.mount", problem: "is missing", fix: "pulumi config set mount secret" },
  { path: "platform", problem: "must be a string, received 7" },
];

describe("errors", () => {
  it("of a configuration list every issue with its path and fix", () => {
    const error = new ConfigError("dev", issues);
    assert.equal(
      error.message,
      [
        'The configuration of environment "dev" has 2 problems. Nothing was changed.',
        "  stores.vault.mount: is missing",
        "    fix: pulumi config set mount secret",
        "  platform: must be a string, received 7",
      ].join("\n"),
    );
    assert.deepEqual(error.issues, issues);
  });

  it("of a refused deployment count a single problem as one", () => {
    assert.equal(
      new RefusedError("dev", issues.slice(1)).message,
      [
        'Environment "dev" was refused: 1 problem. Nothing was changed.',
        "  platform: must be a string, received 7",
      ].join("\n"),
    );
  });

  it("of a store say that nothing was changed, and the fix", () => {
    assert.equal(
      new StoreError("stores.vault", "listing failed", "check the address").message,
      "stores.vault: listing failed. Nothing was changed.\n    fix: check the address",
    );
  });

  it("are all of the class that Pulumi prints without a stack trace", () => {
    for (const error of [new ConfigError("dev", []), new RefusedError("dev", []), new StoreError("a", "b", "c")]) {
      assert.ok(RunError.isInstance(error), error.constructor.name);
    }
  });

  it("of any kind have a message", () => {
    assert.equal(messageOf(new Error("broken")), "broken");
    assert.equal(messageOf("broken"), "broken");
    assert.equal(messageOf(undefined), "undefined");
  });
});
