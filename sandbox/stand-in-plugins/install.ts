import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The plugins that have a stand-in. */
export const STAND_INS = ["random", "vault", "kubernetes", "aws", "azure-native", "gcp"] as const;

/** The name of a stand-in. */
export type StandInName = (typeof STAND_INS)[number];

/** A stand-in in place. */
export interface StandIn {
  readonly name: StandInName;
  /** The version that the SDK in `node_modules` asks for. */
  readonly version: string;
  /** The file that the engine starts. */
  readonly path: string;
}

/** Where to install, and what the installed files point to. */
export interface InstallOptions {
  /** `PULUMI_HOME`; plugins live in its `plugins` folder. */
  readonly pulumiHome: string;
  /** The root of this repository: its `node_modules` say the versions, its sources are what runs. */
  readonly repositoryRoot: string;
  /** A Node.js that runs TypeScript as it is (22 or newer). */
  readonly nodeBinary: string;
  /** Which ones; all by default. */
  readonly names?: readonly StandInName[];
}

/**
 * Puts stand-ins where the engine looks for plugins. Running it again changes nothing.
 *
 * @example await installStandIns({ pulumiHome, repositoryRoot, nodeBinary: process.execPath })
 */
export async function installStandIns(options: InstallOptions): Promise<StandIn[]> {
  return Promise.all((options.names ?? STAND_INS).map((name) => install(name, options)));
}

async function install(name: StandInName, options: InstallOptions): Promise<StandIn> {
  const version = await sdkVersion(name, options.repositoryRoot);
  const main = join(options.repositoryRoot, "sandbox", "plugins", name, "main.ts");
  const path = join(options.pulumiHome, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
  await mkdir(dirname(path), { recursive: true });
  const script = `#!/bin/sh\nexec ${quoted(options.nodeBinary)} --no-warnings ${quoted(main)} "$@"\n`;
  // The engine may be starting the old file at this moment: a rename is all or nothing.
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, script);
  await chmod(draft, 0o755);
  await rename(draft, path);
  return { name, version, path };
}

async function sdkVersion(name: StandInName, repositoryRoot: string): Promise<string> {
  const path = join(repositoryRoot, "node_modules", "@pulumi", name, "package.json");
  const { version } = JSON.parse(await readFile(path, "utf8")) as { version: string };
  return version.replace(/^v/, "");
}

function quoted(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
