import path from "node:path";
import { DEFAULT_PORT_BASE } from "../ports.ts";
import { SandboxError } from "../support/errors.ts";
import { readJson, writeJson } from "../support/files.ts";

/** What a platform's data is tied to. */
interface PlatformState {
  readonly portBase: number;
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
      fix: `Unset SANDBOX_PORT_BASE, use another folder (SANDBOX_ROOT), or start from nothing: npm run sandbox -- reset`,
    });
  }
  return asked ?? stored ?? DEFAULT_PORT_BASE;
}

/** Ties the data in a folder to its port base. */
export async function rememberPortBase(root: string, portBase: number): Promise<void> {
  await writeJson(statePath(root), { portBase } satisfies PlatformState);
}
