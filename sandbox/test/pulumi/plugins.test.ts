import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { networkFile } from "../../downloads/network.ts";
import { layoutOf, repositoryRoot, type Layout } from "../../layout.ts";
import { ensurePlugins, type PluginOptions } from "../../pulumi/plugins.ts";
import { SandboxError } from "../../support/errors.ts";
import { writeJson } from "../../support/files.ts";

describe("the plugins of a platform", () => {
  let folder = "";
  let layout: Layout;
  let options: PluginOptions;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "plugins-"));
    layout = layoutOf(path.join(folder, "platform"));
    await network(false);
    options = {
      pulumi: { path: "/nowhere/pulumi", version: "3.0.0", origin: "path" },
      layout,
      clouds: false,
      standIns: path.join(folder, "stand-ins"),
      signal: new AbortController().signal,
    };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const network = (reachable: boolean) =>
    writeJson(networkFile(layout.root), { reachable: reachable ? ["pulumi"] : [], at: Date.now() });
  const origin = async () =>
    (JSON.parse(await readFile(path.join(layout.root, "pulumi-plugins.json"), "utf8")) as { origin: string }).origin;
  const versionOf = async (name: string) => {
    const file = path.join(repositoryRoot, "node_modules", "@pulumi", name, "package.json");
    return (JSON.parse(await readFile(file, "utf8")) as { version: string }).version;
  };

  async function addStandIns(): Promise<void> {
    const script = `export const installStandIns = () => Promise.resolve([{ name: "vault", version: "1.2.3" }]);`;
    await mkdir(options.standIns ?? "");
    await writeFile(path.join(options.standIns ?? "", "install.ts"), script);
  }

  async function installOfficial(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const file = `resource-${name}-v${await versionOf(name)}/pulumi-resource-${name}`;
      await mkdir(path.join(layout.pulumiHome, "plugins", path.dirname(file)), { recursive: true });
      await writeFile(path.join(layout.pulumiHome, "plugins", file), "");
    }
  }

  it("are stand-ins, found by path, where the official ones can't be downloaded", async () => {
    await addStandIns();
    assert.deepEqual(await ensurePlugins(options), [{ name: "vault", version: "1.2.3", origin: "stand-in" }]);
    assert.equal(await origin(), "stand-in");
  });

  it("are stand-ins beside the plugin of Kubernetes that was built, where one is asked for, and stand-ins alone again", async () => {
    const version = await versionOf("kubernetes");
    const file = path.join(
      layout.pulumiHome,
      "plugins",
      `resource-kubernetes-v${version}`,
      "pulumi-resource-kubernetes",
    );
    const script = `
      import { mkdirSync, rmSync, writeFileSync } from "node:fs";
      const names = ["vault", "kubernetes"];
      export const installStandIns = () => {
        mkdirSync(${JSON.stringify(path.dirname(file))}, { recursive: true });
        rmSync(${JSON.stringify(file)}, { force: true });
        writeFileSync(${JSON.stringify(file)}, "stand-in");
        return Promise.resolve(names.map((name) => ({ name, version: ${JSON.stringify(version)} })));
      };`;
    await mkdir(options.standIns ?? "");
    await writeFile(path.join(options.standIns ?? "", "install.ts"), script);
    const built = path.join(folder, "built");
    await writeFile(built, "official");
    assert.deepEqual(await ensurePlugins({ ...options, kubernetes: built }), [
      { name: "vault", version, origin: "stand-in" },
      { name: "kubernetes", version, origin: "built" },
    ]);
    assert.equal(await readFile(file, "utf8"), "official");
    const [, again] = await ensurePlugins(options);
    assert.deepEqual([again?.origin, await readFile(file, "utf8")], ["stand-in", "stand-in"]);
  });

  it("are those that somebody put into the folder, stand-ins or not, and are called that at each start", async () => {
    await installOfficial(["kubernetes", "vault"]);
    const expected = [
      { name: "kubernetes", version: await versionOf("kubernetes"), origin: "found" },
      { name: "vault", version: await versionOf("vault"), origin: "found" },
    ];
    assert.deepEqual(await ensurePlugins(options), expected);
    assert.deepEqual(await ensurePlugins(options), expected);
    assert.equal(await origin(), "official");
  });

  it("are the official ones where they can be downloaded, and still at the next start", async () => {
    await installOfficial(["vault"]);
    await network(true);
    // An engine that installs what it is asked for: pulumi plugin install resource <name> <version>.
    const pulumi = path.join(folder, "pulumi");
    const install = `d="$PULUMI_HOME/plugins/resource-$4-v$5"; mkdir -p "$d"; : > "$d/pulumi-resource-$4"`;
    await writeFile(pulumi, `#!/bin/sh\n${install}\n`, { mode: 0o755 });
    const how = { ...options, pulumi: { path: pulumi, version: "3.0.0", origin: "path" } as const };
    const expected = [
      { name: "kubernetes", version: await versionOf("kubernetes"), origin: "official" },
      { name: "vault", version: await versionOf("vault"), origin: "found" },
    ];
    assert.deepEqual(await ensurePlugins(how), expected);
    assert.deepEqual(await ensurePlugins(how), expected);
  });

  it("are missing where this checkout has no stand-ins, and the message says how to get them", async () => {
    await assert.rejects(
      ensurePlugins(options),
      new SandboxError({
        what: `Pulumi's provider plugins can't be downloaded (kubernetes ${await versionOf("kubernetes")}, vault ${await versionOf("vault")}), and this checkout has no stand-ins for them (${options.standIns}).`,
        why:
          process.env["SANDBOX_OFFLINE"] === "1"
            ? "SANDBOX_OFFLINE=1 is set."
            : "https://get.pulumi.com did not deliver them.",
        fix: `Let this machine reach https://get.pulumi.com, remove ${networkFile(layout.root)} and run this again, or restore that folder.`,
      }),
    );
    await assert.rejects(origin(), { code: "ENOENT" });
  });

  it("stay what they were: without the stand-ins that wrote the state nothing is deployed", async () => {
    await writeJson(path.join(layout.root, "pulumi-plugins.json"), { origin: "stand-in" });
    await installOfficial(["kubernetes", "vault"]);
    await assert.rejects(
      ensurePlugins(options),
      new SandboxError({
        what: `The state in ${layout.root} was written with stand-ins of Pulumi's provider plugins, but this checkout has no stand-ins for them (${options.standIns}).`,
        fix: "Restore that folder, or start over with the official plugins: npm run sandbox -- reset",
      }),
    );
  });
});
