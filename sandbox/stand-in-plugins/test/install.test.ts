import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { repositoryRoot } from "../../layout.ts";
import { loadStandIns, standInsFolder, type StandIns } from "../../pulumi/stand-ins.ts";
import * as standIns from "../install.ts";

const { installStandIns } = standIns;

describe("installing the stand-ins", () => {
  let pulumiHome = "";
  beforeEach(async () => {
    pulumiHome = await mkdtemp(join(tmpdir(), "pulumi home "));
  });
  afterEach(() => rm(pulumiHome, { recursive: true, force: true }));

  it("is what the sandbox finds by path", async () => {
    const expected: StandIns = standIns;
    assert.equal((await loadStandIns(standInsFolder))?.installStandIns, expected.installStandIns);
  });

  it("puts executables where the engine looks, twice without a trace", async () => {
    const options = { pulumiHome, repositoryRoot, nodeBinary: process.execPath };
    const first = await installStandIns(options);
    assert.deepEqual(await installStandIns(options), first);
    for (const { name, version, path } of first) {
      assert.ok(path.endsWith(join("plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`)));
      assert.equal((await stat(path)).mode & 0o111, 0o111);
      assert.deepEqual(await readdir(dirname(path)), [`pulumi-resource-${name}`]);
      const sdk = await readFile(join(repositoryRoot, "node_modules", "@pulumi", name, "package.json"), "utf8");
      assert.equal((JSON.parse(sdk) as { version: string }).version, version);
    }
  });

  it("installs plugins that start and say their port", async () => {
    const [vault] = await installStandIns({
      pulumiHome,
      repositoryRoot,
      nodeBinary: process.execPath,
      names: ["vault"],
    });
    const plugin = spawn(vault?.path ?? "", { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(plugin.stdout, "data")) as [Buffer];
    plugin.kill();
    await once(plugin, "exit");
    assert.match(port.toString(), /^[0-9]+\n$/);
  });
});
