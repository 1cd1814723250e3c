import { access } from "node:fs/promises";
import type { Connection } from "../connection.ts";
import { goCacheBytes } from "../build/disk.ts";
import { cacheDirectory } from "../layout.ts";
import { formatBytes } from "../support/format.ts";
import { SandboxError } from "../support/errors.ts";
import type { Progress } from "../support/progress.ts";
import { terminalProgress } from "../terminal/progress.ts";
import type { CommandContext } from "./context.ts";
import { up } from "./platform.ts";

/** What `sandbox/deploy.ts` exports: deploys the stack `sandbox` and shows what arrived where. */
export type DeploySandbox = (options: {
  readonly connection: Connection;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}) => Promise<void>;

/** What `start` may do beside. */
export interface StartOptions {
  /** Every store and identity too, on fake clouds. */
  readonly stores?: "all";
}

/** The main job: the platform, then the stack on it, then the stack with every store where that is asked for. */
export async function start(context: CommandContext, { stores }: StartOptions = {}): Promise<void> {
  const connection = await up(context, { clouds: stores === "all" });
  const deploySandbox = await loadDeploy();
  const options = { connection, progress: terminalProgress(), signal: context.signal };
  await deploySandbox(options);
  if (stores === "all") await (await import("../stores/deploy.ts")).deployStores(options);
  const size = await goCacheBytes(cacheDirectory());
  if (size > 0) console.log(`The Go caches hold ${formatBytes(size)}; npm run sandbox -- clean-cache deletes them.`);
}

async function loadDeploy(): Promise<DeploySandbox> {
  const file = new URL("../deploy.ts", import.meta.url);
  try {
    await access(file);
  } catch {
    throw new SandboxError({
      what: "The platform runs, but this checkout has no sandbox/deploy.ts: there is no stack to deploy.",
      fix: "Use the platform by hand: npm run sandbox -- shell",
    });
  }
  const module = (await import(file.href)) as { deploySandbox: DeploySandbox };
  return module.deploySandbox;
}
