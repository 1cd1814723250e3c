import { randomBytes } from "node:crypto";
import { staticCredentialKeys } from "../components/backends/static-credentials.ts";
import { reviewersKey } from "../components/backends/vault/reviewers.ts";
import { ConfigError } from "../components/support/errors.ts";
import type { Entropy } from "../components/values/entropy.ts";
import type { Catalogue } from "./environments/catalogue-spec.ts";
import { catalogue } from "./environments/catalogue.ts";
import { readStackConfig } from "./config/read.ts";
import { silenceDebugLog } from "./deploy/debug-log.ts";
import { environments } from "./environments/index.ts";
import type { Policy } from "./environments/policy.ts";
import { outputsOf, type EnvironmentOutputs } from "./outputs/index.ts";
import { reality, type Outside } from "./deploy/external-queries.ts";
import { parseEnvironment } from "./config/load.ts";
import { deployEnvironment } from "./deploy/platform.ts";
import { readState } from "./deploy/state.ts";

export interface ProgramOptions {
  /** Default: the platform's catalogue. */
  readonly catalogue?: Catalogue;
  /** Policies by stack name. Default: `environments`. */
  readonly policies?: Readonly<Record<string, Policy>>;
  /** Source of random bytes. Default: the system's (`crypto.randomBytes`). */
  readonly entropy?: Entropy;
  /** Default: stores and clusters are asked. */
  readonly outside?: Outside;
}

/** The program: loads the environment of the running stack, deploys it, and returns its outputs. */
export async function deployStack(options: ProgramOptions = {}): Promise<EnvironmentOutputs> {
  silenceDebugLog();
  const secrets = options.catalogue ?? catalogue;
  const policies = options.policies ?? environments;
  const config = readStackConfig(secretNames(secrets));
  const policy = policies[config.environment];
  if (policy === undefined) {
    throw new ConfigError(config.environment, [
      {
        path: "stack",
        problem: `there is no environment of this name; there are ${Object.keys(policies).join(", ")}`,
        fix: "add its policy to stacks/environments/ and list it in stacks/environments/index.ts (CONTRIBUTING.md, How to add an environment)",
      },
    ]);
  }
  const spec = parseEnvironment({ ...config, catalogue: secrets, policy });
  await deployEnvironment({
    spec,
    project: config.project,
    stack: config.stack,
    secretConfig: config.secret,
    entropy: options.entropy ?? randomBytes,
    state: await readState(),
    outside: options.outside ?? reality,
  });
  return outputsOf(spec);
}

/** Configuration keys that may hold a secret value: what the catalogue asks people for, and the stores' credentials. */
export function secretNames(secrets: Catalogue): readonly string[] {
  const provided = Object.values(secrets).flatMap((app) =>
    Object.values(app.secrets).flatMap(({ keys }) =>
      Object.values(keys).flatMap((entry) => {
        const recipe = "when" in entry ? entry.recipe : entry;
        return recipe.kind === "provided" ? [recipe.config] : [];
      }),
    ),
  );
  return [...new Set([...staticCredentialKeys, "vaultToken", reviewersKey, ...provided])];
}
