import assert from "node:assert/strict";
import { binaryName, cacheKey, compilerFlags, currentTarget, linkerFlags, type Target } from "../../build/cache-key.ts";
import type { PinnedModule, ToolSpec } from "../../build/tools.ts";

const target: Target = { os: "linux", arch: "amd64" };
const tool: ToolSpec = { name: "server", package: "example.com/server", tags: ["small"], coldSeconds: 1 };
const module: PinnedModule = {
  name: "server",
  goModule: "example.com/server",
  tools: [tool],
  version: "1.2.3",
  goMod: "module m\n",
  goSum: "sum\n",
  stamps: (version) => [`example.com/version.Version=v${version}`],
  patch: { module: "example.com/sdk", folder: "sdk", edits: [] },
};

describe("cache key", () => {
  it("is the same for the same inputs", () => {
    assert.equal(cacheKey(module, tool, target), cacheKey({ ...module }, { ...tool }, { ...target }));
  });

  const changes: readonly [string, PinnedModule, ToolSpec, Target][] = [
    ["go.mod", { ...module, goMod: "module n\n" }, tool, target],
    ["go.sum", { ...module, goSum: "other\n" }, tool, target],
    ["a patch", { ...module, patch: { module: "example.com/sdk", folder: "other", edits: [] } }, tool, target],
    ["a version stamp", { ...module, version: "1.2.4" }, tool, target],
    ["build tags", module, { ...tool, tags: ["large"] }, target],
    ["the package", module, { ...tool, package: "example.com/other" }, target],
    ["the system", module, tool, { os: "darwin", arch: "amd64" }],
    ["the processor", module, tool, { os: "linux", arch: "arm64" }],
  ];
  for (const [name, changedModule, changedTool, changedTarget] of changes) {
    it(`changes with ${name}`, () => {
      assert.notEqual(cacheKey(changedModule, changedTool, changedTarget), cacheKey(module, tool, target));
    });
  }

  it("tells text that moved from go.mod to go.sum apart", () => {
    const moved = { ...module, goMod: "module m\nsum\n", goSum: "" };
    assert.notEqual(cacheKey(moved, tool, target), cacheKey(module, tool, target));
  });

  it("stands in the file name after the version", () => {
    assert.match(binaryName(module, tool, target), /^server-1\.2\.3-[0-9a-f]{12}$/);
  });

  it("stays where a program would only be faster or slower: one that is there is used", () => {
    const inlined = { ...module, inlined: true };
    assert.notDeepEqual(compilerFlags(inlined), compilerFlags(module));
    assert.equal(cacheKey(inlined, tool, target), cacheKey(module, tool, target));
  });

  it("stamps the version through the linker", () => {
    assert.equal(linkerFlags(module), "-s -w -X example.com/version.Version=v1.2.3");
  });
});

describe("currentTarget", () => {
  it("speaks Go's names", () => {
    assert.deepEqual(currentTarget("linux", "x64"), { os: "linux", arch: "amd64" });
    assert.deepEqual(currentTarget("darwin", "arm64"), { os: "darwin", arch: "arm64" });
  });

  it("refuses other systems with a way out", () => {
    assert.throws(() => currentTarget("win32", "x64"), {
      message: [
        "The local platform does not run on win32/x64.",
        "  why: Its servers are built for Linux and macOS on amd64 and arm64.",
        "  fix: On Windows use WSL 2; elsewhere use one of those systems.",
      ].join("\n"),
    });
  });
});
