import { randomBytes } from "node:crypto";
import { staticCredentialKeys } from "../components/external-secrets/static-store.ts";
import { reviewersKey } from "../components/stores/vault-reviewers.ts";
import { ConfigError } from "../components/support/errors.ts";
import type { Entropy } from "../components/values/generate.ts";
import type { Catalogue } from "./catalogue-spec.ts";
import { catalogue } from "./catalogue.ts";
import { readStackConfig } from "./config.ts";
import { dev } from "./dev.ts";
import { silenceDebugLog } from "./debug-log.ts";
import type { Policy } from "./environment.ts";
import { outputsOf, type EnvironmentOutputs } from "./outputs.ts";
import { reality, type Outside } from "./outside.ts";
import { parseEnvironment } from "./parse.ts";
import { deployEnvironment } from "./platform.ts";
import { prod } from "./prod.ts";
import { sandbox } from "./sandbox.ts";
import { staging } from "./staging.ts";
import { readState } from "./state.ts";

/** Policies by environment, which is also the name of its stack. */
export const environments: Readonly<Record<string, Policy>> = { sandbox, dev, staging, prod };

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
        fix: "add its policy to stacks/ and list it in stacks/index.ts (CONTRIBUTING.md, How to add an environment)",
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
