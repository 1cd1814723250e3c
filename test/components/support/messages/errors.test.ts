import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import { ConfigError, messageOf, RefusedError, StoreError } from "../../../../components/support/messages/errors.ts";

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

  it("of a store say that nothing was changed where that is so, and the fix", () => {
    const error = new StoreError("stores.vault", "listing failed", "check the address");
    assert.equal(error.message, "stores.vault: listing failed.\n    fix: check the address");
    assert.equal(
      error.beforeFirstWrite().message,
      "stores.vault: listing failed. Nothing was changed.\n    fix: check the address",
    );
  });

  it("show paths in one style, and nothing that a terminal or a workflow acts on", () => {
    const odd = {
      path: 'namespaces["shop"].store',
      problem: "a\u001b[31m\n::error::b\u202e",
      fix: "one\n    or two\nthree",
    };
    assert.deepEqual(new ConfigError("dev", [odd]).message.split("\n").slice(1), [
      "  namespaces.shop.store: a\\u{1b}[31m\\n::error::b\\u{202e}",
      "    fix: one",
      "    or two\\nthree",
    ]);
    assert.match(new ConfigError("dev", [{ path: "::error::", problem: "x" }]).message, /^ {2}\\::error::: x$/m);
  });

  it("show as many issues as anybody reads, and the number of the others", () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({
      path: `namespaces.n${index}`,
      problem: "x".repeat(100),
    }));
    const { message } = new ConfigError("dev", many);
    assert.ok(message.length < 20_000, `${message.length} characters`);
    assert.match(message, /^The configuration of environment "dev" has 2000 problems\./);
    assert.match(message, /\n {2}and \d+ more, which are shown when these are put right$/);
    assert.ok(new ConfigError("dev", [{ path: "a", problem: "x".repeat(1e6) }]).message.length < 5000);
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
