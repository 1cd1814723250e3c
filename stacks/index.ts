import { randomBytes } from "node:crypto";
import type { Entropy } from "../components/values/entropy.ts";
import { scopeOf } from "./config/environment.ts";
import { loadEnvironment, type LoadOptions } from "./config/load.ts";
import { adjustSdk } from "./deploy/adjust-sdk.ts";
import { external, type ExternalQueries } from "./deploy/external-queries.ts";
import { deploy } from "./deploy/platform.ts";
import { outputsOf, type EnvironmentOutputs } from "./outputs/index.ts";

export interface ProgramOptions extends LoadOptions {
  /** Source of random bytes. Default: the system's (`crypto.randomBytes`). */
  readonly entropy?: Entropy;
  /** Default: stores and clusters are asked. */
  readonly external?: ExternalQueries;
}

/** The program: loads the environment of the running stack, deploys it, and returns its outputs. */
export async function deployStack(options: ProgramOptions = {}): Promise<EnvironmentOutputs> {
  adjustSdk();
  const loaded = loadEnvironment(options);
  const { entropy = randomBytes, external: queries = external, now } = options;
  await deploy({ ...loaded, entropy, external: queries, ...(now === undefined ? {} : { now }) });
  return outputsOf(scopeOf(loaded.environment));
}
