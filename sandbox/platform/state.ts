import path from "node:path";
import { DEFAULT_PORT_BASE } from "../ports.ts";
import { SandboxError } from "../support/errors.ts";
import { readJson, writeJson } from "../support/files.ts";

/** What a platform's data is tied to. */
interface PlatformState {
  readonly portBase: number;
  /** Whether the fake clouds belong to it: once asked for, every later start brings them up. */
  readonly clouds?: boolean;
}

function statePath(root: string): string {
  return path.join(root, "platform.json");
}

/**
 * The port base to use: the asked-for one, else the one that the data was made with, else the default.
 * Data cannot move: the API server's address is the issuer of every token and stands in the Pulumi state.
 */
export async function resolvePortBase(root: string, asked: number | undefined): Promise<number> {
  const stored = ((await readJson(statePath(root))) as Partial<PlatformState> | undefined)?.portBase;
  if (stored !== undefined && asked !== undefined && stored !== asked) {
    throw new SandboxError({
      what: `The platform in ${root} was made with port base ${stored}; it cannot move to ${asked}.`,
      why: "Its API server's address is part of every token and of the stack's state.",
      fix: `Unset SANDBOX_PORT_BASE, use another folder (SANDBOX_ROOT), or start over: npm run sandbox -- reset`,
    });
  }
  return asked ?? stored ?? DEFAULT_PORT_BASE;
}

/** Whether the platform has the fake clouds: asked for now, or by an earlier start. Stores there hold what the state says. */
export async function resolveClouds(root: string, asked: boolean | undefined): Promise<boolean> {
  const stored = ((await readJson(statePath(root))) as Partial<PlatformState> | undefined)?.clouds;
  return asked === true || stored === true;
}

/** Ties the data in a folder to its port base, and says whether the clouds belong to it. */
export async function rememberPlatform(root: string, portBase: number, clouds: boolean): Promise<void> {
  await writeJson(statePath(root), { portBase, ...(clouds ? { clouds } : {}) } satisfies PlatformState);
}
