import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { buildFix } from "../../build/builder.ts";
import { externalSecretsPatch, kubernetesPluginPatch, sealedSecretsPatch, vaultSdkPatch } from "../../build/patches.ts";
import { checkGoVersion } from "../../build/toolchain.ts";
import { kubernetesSdk, readPinnedModule, requiredVersion, toolModules } from "../../build/tools.ts";
import { repositoryRoot } from "../../layout.ts";

describe("pinned tools", () => {
  for (const module of toolModules) {
    it(`${module.name} has a version and checksums, and names every program of another module as a tool`, async () => {
      const { version, goMod, goSum } = await readPinnedModule(module);
      // The plugin's module has no releases, and is pinned by its commit.
      assert.match(version, module.name === "pulumi-kubernetes" ? /^4\.0\.0-\d{14}-[0-9a-f]{12}$/ : /^\d+\.\d+\.\d+$/);
      assert.notEqual(goSum, "");
      // What the module itself contains needs no line of its own: the line of the module brings all that it imports.
      const isNamed = (program: string) => goMod.includes(program) || program.startsWith(`${module.goModule}/`);
      for (const tool of module.tools) assert.ok(isNamed(tool.package), `${tool.package} in go.mod`);
    });
  }

  for (const patch of [vaultSdkPatch, externalSecretsPatch, sealedSecretsPatch, kubernetesPluginPatch]) {
    it(`the patched copy of ${patch.module} is what its go.mod uses`, async () => {
      const module = toolModules.find((candidate) => "patch" in candidate && candidate.patch === patch);
      assert.ok(module);
      const { goMod } = await readPinnedModule(module);
      assert.ok(goMod.includes(`replace ${patch.module} => ./${patch.folder}`));
    });
  }

  it("stamp the plugin of Kubernetes with the SDK's version: the engine warns of an older one", async () => {
    const file = path.join(repositoryRoot, "node_modules", "@pulumi", "kubernetes", "package.json");
    const { version } = JSON.parse(await readFile(file, "utf8")) as { version: string };
    assert.equal(kubernetesSdk, version);
  });

  it("reads a version from a require block and from a single line", () => {
    assert.equal(requiredVersion("require (\n\texample.com/a v1.2.3 // indirect\n)", "example.com/a"), "1.2.3");
    assert.equal(requiredVersion("require example.com/a v1.2.3", "example.com/a"), "1.2.3");
    assert.throws(() => requiredVersion("require example.com/ab v1.2.3", "example.com/a"), {
      message: [
        "The pinned go.mod does not require example.com/a.",
        "  fix: Restore the folder: git checkout -- sandbox/tools",
      ].join("\n"),
    });
  });
});

describe("Go version", () => {
  it("accepts 1.26, anything newer, and development builds", () => {
    assert.equal(checkGoVersion("go version go1.26.8 linux/amd64", "fix"), "1.26.8");
    assert.equal(checkGoVersion("go version go1.30 darwin/arm64", "fix"), "1.30");
    assert.equal(checkGoVersion("go version go2.0.1 linux/amd64", "fix"), "2.0.1");
    checkGoVersion("go version devel go1.27-abcdef linux/amd64", "fix");
  });

  it("refuses an older one by name", () => {
    assert.throws(() => checkGoVersion("go version go1.25.9 linux/amd64", "Install Go."), {
      message: ["Go 1.25.9 is too old: the platform's servers need Go 1.26 or newer.", "  fix: Install Go."].join("\n"),
    });
  });
});

describe("build failures", () => {
  const cases: readonly [string, RegExp][] = [
    ["write /x: no space left on device", /^Free disk space/],
    ["link: signal: killed", /^The compiler ran out of memory/],
    ["verifying m@v1: checksum mismatch", /do not switch checksums off\.$/],
    ["dial tcp: lookup proxy: no such host", /^Check that this machine reaches its Go module proxy/],
    ["x.go:1: undefined: y", /^Read the log/],
  ];
  for (const [log, fix] of cases) {
    it(`"${log}" gets its own advice`, () => {
      assert.match(buildFix(log), fix);
    });
  }
});
