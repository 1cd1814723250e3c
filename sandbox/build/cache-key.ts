import { createHash } from "node:crypto";
import { SandboxError } from "../support/errors.ts";
import type { PinnedModule, ToolModule, ToolSpec } from "./tools.ts";

/** What a binary runs on, in Go's words. */
export interface Target {
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
}

/** Go's name of this machine. Throws on a system that the platform was not made for. */
export function currentTarget(platform: string = process.platform, arch: string = process.arch): Target {
  const goArch = arch === "x64" ? "amd64" : arch;
  if ((platform !== "linux" && platform !== "darwin") || (goArch !== "amd64" && goArch !== "arm64")) {
    throw new SandboxError({
      what: `The local platform does not run on ${platform}/${arch}.`,
      why: "Its servers are built for Linux and macOS on amd64 and arm64.",
      fix: "On Windows use WSL 2; elsewhere use one of those systems.",
    });
  }
  return { os: platform, arch: goArch };
}

/** Flags of every build: no C compiler needed, no local path in the result, cache files that can be deleted. */
export const GO_FLAGS = "-trimpath -buildvcs=false -modcacherw";

/**
 * The compiler's flags for a module: nothing is inlined, which takes a third of the compiler's time away (kwok,
 * Go 1.26, empty caches: 159 instead of 244 CPU seconds) and changes nothing that a program does.
 */
export function compilerFlags({ inlined = false }: Pick<ToolModule, "inlined">): readonly string[] {
  return inlined ? [] : ["-gcflags=all=-l"];
}

/** The linker's flags for a module: stripped, stamped. */
export function linkerFlags(module: Pick<PinnedModule, "stamps" | "version">): string {
  return ["-s -w", ...(module.stamps?.(module.version) ?? []).map((stamp) => `-X ${stamp}`)].join(" ");
}

/**
 * Digest of everything that decides what a build makes: another pin, checksum, patch, flag or machine is another file.
 * The Go version and the compiler's flags are left out on purpose: a program that is there does the same, and another one
 * costs half an hour.
 */
export function cacheKey(module: PinnedModule, tool: ToolSpec, target: Target): string {
  const parts = [
    module.goMod,
    module.goSum,
    JSON.stringify(module.patch ?? null),
    tool.package,
    (tool.tags ?? []).join(","),
    linkerFlags(module),
    GO_FLAGS,
    `${target.os}/${target.arch}`,
  ];
  const hash = createHash("sha256");
  // The length in front keeps "ab","c" apart from "a","bc".
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest("hex").slice(0, 12);
}

/** `<name>-<version>-<digest>`, the file name in the cache. */
export function binaryName(module: PinnedModule, tool: ToolSpec, target: Target): string {
  return `${tool.name}-${module.version}-${cacheKey(module, tool, target)}`;
}

/** `<name>-<version>-release-<system>-<processor>`: the file name of a program that its project has built. */
export function releaseName(
  module: Pick<PinnedModule, "version">,
  tool: Pick<ToolSpec, "name">,
  target: Target,
): string {
  return `${tool.name}-${module.version}-release-${target.os}-${target.arch}`;
}
