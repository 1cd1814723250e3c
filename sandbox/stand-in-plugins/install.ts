import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { InstallOptions as Destination, StandIn as Installed } from "../pulumi/stand-ins.ts";

/** The plugins that have a stand-in. */
export const STAND_INS = ["vault", "kubernetes", "aws", "azure-native", "gcp"] as const;

/** The name of a stand-in. */
export type StandInName = (typeof STAND_INS)[number];

/** A stand-in in place. */
export interface StandIn extends Installed {
  readonly name: StandInName;
  /** The file that the engine starts. */
  readonly path: string;
}

/** Where to install, and which. */
export interface InstallOptions extends Destination {
  /** Which ones; all by default. */
  readonly names?: readonly StandInName[];
}

/**
 * Puts stand-ins where the engine looks for plugins. Running it again changes nothing. The sandbox finds this function
 * by the path of this file.
 *
 * @example await installStandIns({ pulumiHome, repositoryRoot, nodeBinary: process.execPath })
 */
export async function installStandIns(options: InstallOptions): Promise<StandIn[]> {
  return Promise.all((options.names ?? STAND_INS).map((name) => install(name, options)));
}

async function install(name: StandInName, options: InstallOptions): Promise<StandIn> {
  const version = await sdkVersion(name, options.repositoryRoot);
  const main = join(import.meta.dirname, name, "main.ts");
  const path = join(options.pulumiHome, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
  await mkdir(dirname(path), { recursive: true });
  // Compiled code is kept: a run starts each plugin anew, and a third of that time would go into compiling.
  const compiled = join(options.pulumiHome, "compiled-plugins");
  const script = `#!/bin/sh
export NODE_COMPILE_CACHE=${quoted(compiled)}
exec ${quoted(options.nodeBinary)} --no-warnings ${quoted(main)} "$@"
`;
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
