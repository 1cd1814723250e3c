import { ConfigError } from "../../components/support/errors.ts";
import type { Catalogue } from "../environments/catalogue-spec.ts";
import { catalogue as ownCatalogue } from "../environments/catalogue.ts";
import { environments } from "../environments/index.ts";
import type { Policy } from "../environments/policy.ts";
import { soundPolicy } from "./check/policy-shape.ts";
import type { Environment } from "./environment.ts";
import { readStackConfig, type StackConfig } from "./read.ts";
import { resolveEnvironment } from "./resolve/environment.ts";
import { secretNames } from "./secret-names.ts";

export interface LoadOptions {
  /** Default: the platform's catalogue. */
  readonly catalogue?: Catalogue;
  /** Policies by environment. Default: those of `stacks/environments`. */
  readonly policies?: Readonly<Record<string, Policy>>;
  /** Time of the run. Default: no date in the facts is taken for one in the future. */
  readonly now?: Date;
}

/** What runs: the environment, and the configuration of the stack that it was read from. */
export interface Loaded {
  readonly environment: Environment;
  readonly config: StackConfig;
}

/**
 * Loads the environment of the running stack: its configuration, its policy and the catalogue.
 *
 * @throws ConfigError with every issue found.
 */
export function loadEnvironment({ catalogue = ownCatalogue, policies = environments, now }: LoadOptions = {}): Loaded {
  const config = readStackConfig(secretNames(catalogue));
  if (!Object.hasOwn(policies, config.environment)) {
    throw new ConfigError(config.environment, [
      {
        path: "stack",
        problem: `there is no environment of this name; there are ${Object.keys(policies).join(", ")}`,
        fix: "add its policy to stacks/environments/ and list it in stacks/environments/index.ts (CONTRIBUTING.md, How to add an environment)",
      },
    ]);
  }
  const { policy, issues } = soundPolicy(config.environment, policies[config.environment]);
  return {
    environment: resolveEnvironment({
      ...config,
      catalogue,
      policy,
      found: issues,
      ...(now === undefined ? {} : { now }),
    }),
    config,
  };
}
