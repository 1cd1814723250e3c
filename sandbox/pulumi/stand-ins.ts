import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "../layout.ts";

/** What every stand-in has in common with an official plugin. */
export interface StandIn {
  readonly name: string;
  /** The version that the SDK in `node_modules` asks the engine for. */
  readonly version: string;
}

/** Where to install stand-ins, and what the installed files point to. */
export interface InstallOptions {
  /** `PULUMI_HOME`; plugins live in its `plugins` folder. */
  readonly pulumiHome: string;
  /** The root of this repository: its `node_modules` give the versions. */
  readonly repositoryRoot: string;
  /** A Node.js that runs TypeScript unchanged (22 or newer). */
  readonly nodeBinary: string;
}

/** What `install.ts` of the stand-ins exports. */
export interface StandIns {
  readonly installStandIns: (options: InstallOptions) => Promise<readonly StandIn[]>;
}

/** The package of the stand-ins. It can be deleted: nothing outside imports it, and only this file names it. */
export const standInsFolder = path.join(repositoryRoot, "sandbox", "stand-in-plugins");

/** Loads the stand-ins by their path; `undefined` where this checkout has none. */
export async function loadStandIns(folder: string): Promise<StandIns | undefined> {
  const file = path.join(folder, "install.ts");
  if (!existsSync(file)) return undefined;
  return (await import(pathToFileURL(file).href)) as StandIns;
}
