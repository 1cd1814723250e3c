import { access, constants, rm } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { currentTarget, type Target } from "../build/cache-key.ts";
import { readPinnedModule, toolModules } from "../build/tools.ts";
import type { Origin } from "../connection.ts";
import { unpack } from "../downloads/archive.ts";
import { fetchVerified } from "../downloads/fetch.ts";
import { canDownload, HOSTS } from "../downloads/network.ts";
import type { Layout } from "../layout.ts";
import { placeFolder, temporaryName } from "../support/files.ts";

/** The Pulumi command line that the platform uses. */
export interface PulumiCli {
  readonly path: string;
  readonly version: string;
  readonly origin: Origin;
}

/** What the search looks at. */
export interface CliSearch {
  readonly layout: Layout;
  readonly cache: string;
  readonly signal: AbortSignal;
}

/** The CLI on PATH when it fits, else the official download; undefined when it has to be built from source. */
export async function findPulumiCli({ layout, cache, signal }: CliSearch): Promise<PulumiCli | undefined> {
  const pinned = await pinnedVersion();
  const onPath = await pulumiOnPath(layout);
  if (onPath !== undefined && fits(onPath.version, pinned)) return onPath;
  return await official(pinned, { layout, cache, signal });
}

async function pinnedVersion(): Promise<string> {
  const module = toolModules.find(({ name }) => name === "pulumi");
  if (module === undefined) throw new TypeError("no module pulumi");
  return (await readPinnedModule(module)).version;
}

async function pulumiOnPath(layout: Layout): Promise<PulumiCli | undefined> {
  const { stdout, failed } = await execa("pulumi", ["version"], {
    reject: false,
    timeout: 10_000,
    stdin: "ignore",
    env: { PULUMI_HOME: layout.pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const version = /^v?(\d+\.\d+\.\d+\S*)/.exec(stdout ?? "")?.[1];
  if (failed || version === undefined) return undefined;
  const { stdout: location } = await execa("/bin/sh", ["-c", "command -v pulumi"], { reject: false });
  return { path: location?.trim() || "pulumi", version, origin: "path" };
}

/** Same major version and not older than the pinned one: what the stand-in plugins and the program were tried with. */
export function fits(version: string, pinned: string): boolean {
  const [major = 0, minor = 0, patch = 0] = numbers(version);
  const [wantedMajor = 0, wantedMinor = 0, wantedPatch = 0] = numbers(pinned);
  if (major !== wantedMajor || version.includes("-")) return false;
  return minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch);
}

function numbers(version: string): number[] {
  return version.split("-", 1).join("").split(".").map(Number);
}

async function official(version: string, { layout, cache, signal }: CliSearch): Promise<PulumiCli | undefined> {
  const target = currentTarget();
  const folder = path.join(cache, "bin", `pulumi-official-${version}-${target.os}-${target.arch}`);
  const cli: PulumiCli = { path: path.join(folder, "pulumi"), version, origin: "official" };
  if (await isExecutable(cli.path)) return cli;
  if (!(await canDownload(layout.root, "pulumi"))) return undefined;
  // Anything that goes wrong on the way has an answer: the same version, built here.
  return await download(version, target, folder, signal).then(
    () => cli,
    () => undefined,
  );
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Name of the official archive for a machine. */
export function archiveName(version: string, { os, arch }: Target): string {
  return `pulumi-v${version}-${os}-${arch === "amd64" ? "x64" : "arm64"}.tar.gz`;
}

async function download(version: string, target: Target, folder: string, signal: AbortSignal): Promise<void> {
  const name = archiveName(version, target);
  const list = `${HOSTS.github}/pulumi/pulumi/releases/download/v${version}/pulumi-${version}-checksums.txt`;
  const partial = temporaryName(folder);
  const archive = path.join(partial, name);
  try {
    const published = {
      url: `${HOSTS.pulumi}/releases/sdk/${name}`,
      checksum: { url: list, algorithm: "sha256", form: "list" },
    } as const;
    await fetchVerified(published, archive, signal);
    await unpack(archive, partial);
    // The archive has one folder.
    await placeFolder(path.join(partial, "pulumi"), folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
