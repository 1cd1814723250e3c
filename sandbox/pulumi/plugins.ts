import { access, readFile, rename, symlink } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import type { Origin } from "../connection.ts";
import { canDownload, HOSTS, networkFile } from "../downloads/network.ts";
import { type Layout, repositoryRoot } from "../layout.ts";
import { SandboxError } from "../support/errors.ts";
import { readJson, temporaryName, writeJson } from "../support/files.ts";
import type { PulumiCli } from "./cli.ts";
import { loadStandIns, standInsFolder } from "./stand-ins.ts";

/** A provider plugin that the engine finds in its home. */
export interface InstalledPlugin {
  readonly name: string;
  readonly version: string;
  readonly origin: Origin;
}

/** What the installation needs. */
export interface PluginOptions {
  readonly pulumi: PulumiCli;
  readonly layout: Layout;
  /** Whether the fake clouds run, whose providers are large downloads otherwise left alone. */
  readonly clouds: boolean;
  /** The plugin of Kubernetes as built from its module. Default: its stand-in is used, where stand-ins are. */
  readonly kubernetes?: string;
  /** Folder of the stand-ins, which need not exist. Default: this repository's. */
  readonly standIns?: string;
  readonly signal: AbortSignal;
}

/** Providers of the sandbox stack, and those of a stack that uses the fake clouds. */
const PLUGINS = ["kubernetes", "vault"] as const;
const CLOUD_PLUGINS = ["aws", "azure-native", "gcp"] as const;

/** The slowest that a download may be before the stand-in takes its place. */
const INSTALL_MS = 120_000;

/**
 * Makes every plugin available: those that somebody put into the platform's plugin folder, and for the others the official
 * ones where they can be downloaded; else the stand-ins of all. Never a mixture of stand-ins and others, but for the
 * plugin of Kubernetes that was built here.
 */
export async function ensurePlugins(options: PluginOptions): Promise<InstalledPlugin[]> {
  const names = options.clouds ? [...PLUGINS, ...CLOUD_PLUGINS] : PLUGINS;
  const wanted = await Promise.all(names.map(wantedPlugin));
  // The state was written by one kind of plugin; changing it under a stack that exists would change resources.
  const before = await remembered(options.layout);
  if (before?.origin !== "stand-in") {
    const found = await present(wanted, options.layout);
    if (await installOfficial(wanted, options)) {
      // What this platform downloaded is there the next time, too.
      const downloaded = [...(before?.downloaded ?? []), ...names.filter((name) => !found.includes(name))];
      await remember(options.layout, { origin: "official", downloaded });
      return wanted.map((plugin) => ({
        ...plugin,
        origin: downloaded.includes(plugin.name) ? "official" : "found",
      }));
    }
  }
  const folder = options.standIns ?? standInsFolder;
  // Loaded only when needed: the stand-ins bring a gRPC server along.
  const standIns = await loadStandIns(folder);
  if (standIns === undefined) throw noStandIns(folder, before?.origin, wanted, options);
  const installed = await standIns.installStandIns({
    pulumiHome: options.layout.pulumiHome,
    repositoryRoot,
    nodeBinary: process.execPath,
  });
  await remember(options.layout, { origin: "stand-in" });
  const { kubernetes, layout } = options;
  if (kubernetes === undefined) return installed.map(({ name, version }) => ({ name, version, origin: "stand-in" }));
  await Promise.all(
    installed
      .filter(({ name }) => name === "kubernetes")
      .map((each) => replaceBy(kubernetes, pluginFile(each, layout))),
  );
  return installed.map(({ name, version }) => ({
    ...{ name, version },
    origin: name === "kubernetes" ? "built" : "stand-in",
  }));
}

/** The engine may be starting the old one at this moment: a rename is all or nothing. */
async function replaceBy(program: string, file: string): Promise<void> {
  const link = temporaryName(file);
  await symlink(program, link);
  await rename(link, file);
}

function noStandIns(
  folder: string,
  before: Origin | undefined,
  wanted: readonly WantedPlugin[],
  { layout }: PluginOptions,
): SandboxError {
  const without = `this checkout has no stand-ins for them (${folder}).`;
  if (before === "stand-in") {
    return new SandboxError({
      what: `The state in ${layout.root} was written with stand-ins of Pulumi's provider plugins, but ${without}`,
      fix: "Restore that folder, or start over with the official plugins: npm run sandbox -- reset",
    });
  }
  const names = wanted.map(({ name, version }) => `${name} ${version}`).join(", ");
  return new SandboxError({
    what: `Pulumi's provider plugins can't be downloaded (${names}), and ${without}`,
    why: process.env["SANDBOX_OFFLINE"] === "1" ? "SANDBOX_OFFLINE=1 is set." : `${HOSTS.pulumi} did not deliver them.`,
    fix: `Let this machine reach ${HOSTS.pulumi}, remove ${networkFile(layout.root)} and run this again, or restore that folder.`,
  });
}

interface WantedPlugin {
  readonly name: string;
  readonly version: string;
}

/** The version that the SDK package asks the engine for. */
async function wantedPlugin(name: string): Promise<WantedPlugin> {
  const file = path.join(repositoryRoot, "node_modules", "@pulumi", name, "package.json");
  const { version } = JSON.parse(await readFile(file, "utf8")) as { version: string };
  return { name, version };
}

async function installOfficial(wanted: readonly WantedPlugin[], options: PluginOptions): Promise<boolean> {
  const there = await present(wanted, options.layout);
  const missing = wanted.filter(({ name }) => !there.includes(name));
  if (missing.length === 0) return true;
  if (!(await canDownload(options.layout.root, "pulumi"))) return false;
  const results = await Promise.all(missing.map((plugin) => install(plugin, options)));
  return results.every(Boolean);
}

/** Names of the plugins in the platform's folder. */
async function present(wanted: readonly WantedPlugin[], layout: Layout): Promise<readonly string[]> {
  const found = await Promise.all(
    wanted.map(async (plugin) => ((await isInstalled(plugin, layout)) ? [plugin.name] : [])),
  );
  return found.flat();
}

/** The file that the engine starts. */
function pluginFile({ name, version }: WantedPlugin, { pulumiHome }: Pick<Layout, "pulumiHome">): string {
  return path.join(pulumiHome, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
}

async function isInstalled(plugin: WantedPlugin, layout: Layout): Promise<boolean> {
  return access(pluginFile(plugin, layout)).then(
    () => true,
    () => false,
  );
}

async function install({ name, version }: WantedPlugin, { pulumi, layout, signal }: PluginOptions): Promise<boolean> {
  const { failed } = await execa(pulumi.path, ["plugin", "install", "resource", name, version], {
    reject: false,
    stdin: "ignore",
    timeout: INSTALL_MS,
    cancelSignal: signal,
    env: { PULUMI_HOME: layout.pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  return !failed;
}

function originPath({ root }: Layout): string {
  return path.join(root, "pulumi-plugins.json");
}

/** Which kind of plugins wrote the state, and which of them this platform downloaded. */
interface Remembered {
  readonly origin: "official" | "stand-in";
  readonly downloaded?: readonly string[];
}

async function remembered(layout: Layout): Promise<Remembered | undefined> {
  return (await readJson(originPath(layout))) as Remembered | undefined;
}

async function remember(layout: Layout, what: Remembered): Promise<void> {
  await writeJson(originPath(layout), what);
}
