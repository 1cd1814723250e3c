import { execa } from "execa";
import { access, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { cacheDirectory } from "../../sandbox/layout.ts";

/** Debian's package of the server, and the libraries that it needs beyond those of every system: one name of each line. */
const server = "mariadb-server-core";
const libraries = [["liburing2"], ["libaio1t64", "libaio1"]];

/** An unpacked MariaDB. */
export interface MariaDbBinaries {
  readonly program: string;
  /** SQL of its system tables, messages and character sets. */
  readonly share: string;
  /** Its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What this machine has: the server, or why there is none. */
export type FoundMariaDb = MariaDbBinaries | { readonly missing: string };

/**
 * MariaDB of Debian's packages, unpacked into the cache: never installed, and without root. Asks the machine's own package
 * lists; where it has no apt, or no such package, it says so.
 */
export async function findMariaDb(): Promise<FoundMariaDb> {
  const version = await versionOf(server);
  if (version === undefined) return { missing: `apt-cache knows no package ${server} here` };
  const cache = path.join(cacheDirectory(), "debian");
  const folder = path.join(cache, `${server}-${version.replaceAll(/[^\w.+-]/g, "_")}`);
  if (!(await exists(folder))) {
    const problem = await unpack(folder);
    if (problem !== undefined) return { missing: problem };
  }
  const found = (await readdir(path.join(folder, "usr", "lib"))).map((name) => path.join(folder, "usr", "lib", name));
  return {
    program: path.join(folder, "usr", "sbin", "mariadbd"),
    share: path.join(folder, "usr", "share", "mysql"),
    env: { LD_LIBRARY_PATH: found.join(":"), LC_ALL: "C" },
  };
}

/** Downloads and unpacks the packages beside the folder, which appears when it is whole. */
async function unpack(folder: string): Promise<string | undefined> {
  const packages = [server];
  for (const names of libraries) {
    for (const name of names) {
      if ((await versionOf(name)) === undefined) continue;
      packages.push(name);
      break;
    }
  }
  await mkdir(path.dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  const downloads = await mkdtemp(path.join(tmpdir(), "debian-"));
  try {
    const got = await execa("apt-get", ["download", ...packages], { cwd: downloads, reject: false, all: true });
    if (got.exitCode !== 0) return `apt-get download ${packages.join(" ")} failed: ${got.all}`;
    for (const file of await readdir(downloads)) await execa("dpkg", ["-x", path.join(downloads, file), draft]);
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
    return undefined;
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(downloads, { recursive: true, force: true });
  }
}

/** The version of a package that the machine's lists have. */
async function versionOf(name: string): Promise<string | undefined> {
  const shown = await execa("apt-cache", ["show", "--no-all-versions", name], { reject: false });
  return shown.exitCode === 0 ? /^Version: (?<version>\S+)$/m.exec(shown.stdout)?.groups?.["version"] : undefined;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
