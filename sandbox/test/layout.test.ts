import assert from "node:assert/strict";
import { cacheDirectory, type Machine } from "../layout.ts";
import { commandContext } from "../commands/context.ts";
import { SandboxError } from "../support/errors.ts";

function machine(platform: NodeJS.Platform, environment: Machine["environment"] = {}): Machine {
  return { platform, environment, home: "/home/me" };
}

describe("cache folder", () => {
  it("follows the system's habit, XDG, and its own variable, in rising order", () => {
    assert.equal(cacheDirectory(machine("linux")), "/home/me/.cache/multicloud-secrets");
    assert.equal(cacheDirectory(machine("darwin")), "/home/me/Library/Caches/multicloud-secrets");
    assert.equal(cacheDirectory(machine("linux", { XDG_CACHE_HOME: "/x" })), "/x/multicloud-secrets");
    const both = { XDG_CACHE_HOME: "/x", MULTICLOUD_SECRETS_CACHE: "/y" };
    assert.equal(cacheDirectory(machine("linux", both)), "/y");
  });
});

describe("command context", () => {
  const signal = new AbortController().signal;

  it("takes options before variables", () => {
    const environment = { SANDBOX_ROOT: "/from-variable", SANDBOX_PORT_BASE: "17440" };
    assert.deepEqual(commandContext({}, signal, environment), { root: "/from-variable", portBase: 17440, signal });
    const options = { root: "/from-option", portBase: "18440" };
    assert.deepEqual(commandContext(options, signal, environment), { root: "/from-option", portBase: 18440, signal });
  });

  it("refuses a port base that is no number", () => {
    assert.throws(() => commandContext({ portBase: "many" }, signal, {}), {
      message: [
        'The port base "many" is not a number.',
        "  fix: Unset SANDBOX_PORT_BASE, or set it to a number such as 17440.",
      ].join("\n"),
    });
  });
});

describe("SandboxError", () => {
  it("reads as what, why and fix, with longer reasons indented", () => {
    const error = new SandboxError({ what: "It failed.", why: "line 1\nline 2\n", fix: "Do this." });
    assert.equal(error.message, "It failed.\n  why: line 1\n       line 2\n  fix: Do this.");
  });
});
