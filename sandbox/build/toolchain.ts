import { mkdir } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { messageOf, SandboxError } from "../support/errors.ts";
import { GO_FLAGS } from "./cache-key.ts";

/** The oldest Go that compiles the pinned modules. */
export const MINIMUM_GO = "1.26";

/** Folders that the Go toolchain fills. Both can be deleted once everything is built. */
export function goCaches(cache: string): { modules: string; build: string; temporary: string; telemetry: string } {
  const at = (name: string) => path.join(cache, "go", name);
  return { modules: at("mod"), build: at("build"), temporary: at("tmp"), telemetry: at("telemetry") };
}

/**
 * Environment of every `go` call. HOME stays as it is: the user's own proxy, checksum and netrc settings must hold.
 * GOTOOLCHAIN=local because a silent download of another Go would land outside the cache folder.
 */
export async function goEnvironment(cache: string): Promise<Record<string, string>> {
  const folders = goCaches(cache);
  await mkdir(folders.temporary, { recursive: true });
  return {
    CGO_ENABLED: "0",
    GOFLAGS: GO_FLAGS,
    GOTOOLCHAIN: "local",
    GOWORK: "off",
    GOMODCACHE: folders.modules,
    GOCACHE: folders.build,
    GOTMPDIR: folders.temporary,
    // Go writes usage counters into the user's config folder and has no public setting for the place; its own tests use this one.
    TEST_TELEMETRY_DIR: folders.telemetry,
  };
}

/** Checks that `go` is there and new enough; returns its version. */
export async function requireGo(cache: string, environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const install = `Install Go ${MINIMUM_GO} or newer (https://go.dev/dl/ or your package manager), then run this again.`;
  let output: string;
  try {
    const result = await execa("go", ["version"], {
      env: { ...environment, GOTOOLCHAIN: "local", TEST_TELEMETRY_DIR: goCaches(cache).telemetry },
      extendEnv: false,
      timeout: 20_000,
    });
    output = result.stdout;
  } catch (error) {
    throw new SandboxError(
      {
        what: "Go is needed to build the platform's servers, and `go version` does not run.",
        why: shortReason(error),
        fix: install,
      },
      { cause: error },
    );
  }
  return checkGoVersion(output, install);
}

/** The version in the output of `go version`. Throws when it is too old. */
export function checkGoVersion(output: string, fix: string): string {
  const [, major, minor, rest] = /\bgo(\d+)\.(\d+)(\S*)/.exec(output) ?? [];
  const [wantedMajor, wantedMinor] = MINIMUM_GO.split(".").map(Number) as [number, number];
  const found = major === undefined ? output.trim() : `${major}.${minor}${rest}`;
  const fits = Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor);
  // A development build ("devel go1.27-abc") is newer than any release that could be asked for.
  if (fits || output.includes("devel")) return found;
  throw new SandboxError({
    what: `Go ${found} is too old: the platform's servers need Go ${MINIMUM_GO} or newer.`,
    fix,
  });
}

function shortReason(error: unknown): string {
  return messageOf(error).includes("ENOENT") ? "no program named go is on PATH" : messageOf(error);
}
