import { homedir } from "node:os";
import path from "node:path";

/** The checkout that this file belongs to. */
export const repositoryRoot = path.resolve(import.meta.dirname, "..");

/** Where one platform keeps its data. Everything is under `root`, the repository's `.sandbox` by default. */
export interface Layout {
  readonly root: string;
  readonly logs: string;
  readonly pids: string;
  readonly pki: string;
  readonly kubeconfigs: string;
  readonly etcd: string;
  readonly vault: string;
  readonly externalSecrets: string;
  /** State of the fake clouds, a folder for each. */
  readonly clouds: string;
  /** HOME of every child process: what a tool writes "at home" stays here. */
  readonly home: string;
  readonly temporary: string;
  readonly chart: string;
  readonly pulumiHome: string;
  readonly pulumiState: string;
  /** Symlinks named kubectl, vault, helm and pulumi, for `shell`. */
  readonly bin: string;
  readonly connection: string;
  readonly lock: string;
}

/** The layout under a root folder. */
export function layoutOf(root: string): Layout {
  const at = (...parts: string[]) => path.join(root, ...parts);
  return {
    root,
    logs: at("logs"),
    pids: at("pids"),
    pki: at("pki"),
    kubeconfigs: at("kubeconfigs"),
    etcd: at("etcd"),
    vault: at("vault"),
    externalSecrets: at("external-secrets"),
    clouds: at("clouds"),
    home: at("home"),
    temporary: at("tmp"),
    chart: at("charts", "external-secrets"),
    pulumiHome: at("pulumi-home"),
    pulumiState: at("pulumi-state"),
    bin: at("bin"),
    connection: at("connection.json"),
    lock: at("lock"),
  };
}

/** What `cacheDirectory` looks at; the process' own by default. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/** The one user cache folder: built tools, and what the Go toolchain downloads and compiles. */
export function cacheDirectory(
  machine: Machine = { environment: process.env, platform: process.platform, home: homedir() },
): string {
  const { environment, platform, home } = machine;
  const name = "multicloud-secrets";
  if (environment["MULTICLOUD_SECRETS_CACHE"]) return path.resolve(environment["MULTICLOUD_SECRETS_CACHE"]);
  if (environment["XDG_CACHE_HOME"]) return path.join(environment["XDG_CACHE_HOME"], name);
  return platform === "darwin" ? path.join(home, "Library", "Caches", name) : path.join(home, ".cache", name);
}
