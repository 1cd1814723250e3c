import path from "node:path";
import { repositoryRoot } from "../layout.ts";
import { SandboxError } from "../support/errors.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly root?: string;
  readonly portBase?: string;
}

/** What every command gets: which platform, and the signal of Ctrl-C. */
export interface CommandContext {
  readonly root: string;
  readonly portBase?: number;
  readonly signal: AbortSignal;
}

/** Options first, then SANDBOX_ROOT and SANDBOX_PORT_BASE, then the repository's own `.sandbox`. */
export function commandContext(
  options: GlobalOptions,
  signal: AbortSignal,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): CommandContext {
  const root = path.resolve(options.root ?? environment["SANDBOX_ROOT"] ?? path.join(repositoryRoot, ".sandbox"));
  const base = options.portBase ?? environment["SANDBOX_PORT_BASE"];
  return { root, signal, ...(base === undefined || base === "" ? {} : { portBase: parsePortBase(base) }) };
}

function parsePortBase(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new SandboxError({
    what: `The port base "${text}" is not a number.`,
    fix: "Unset SANDBOX_PORT_BASE, or set it to a number such as 17440.",
  });
}
