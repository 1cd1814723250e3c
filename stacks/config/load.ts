import { ConfigError, type Issue } from "../../components/support/messages/errors.ts";
import { clippedName } from "../../components/support/messages/printable.ts";
import { thereAre } from "../../components/support/messages/suggestions.ts";
import type { Catalogue } from "../environments/catalogue-spec.ts";
import { catalogue as ownCatalogue } from "../environments/catalogue.ts";
import { environments } from "../environments/index.ts";
import type { Policy } from "../environments/policy.ts";
import { soundPolicy } from "./check/policy-shape.ts";
import { checkCatalogue } from "./check/catalogue/index.ts";
import type { Environment } from "./environment.ts";
import { readStackConfig, type StackConfig } from "./read.ts";
import { resolveEnvironment } from "./resolve/environment.ts";
import { soundFacts } from "./resolve/sound-facts.ts";
import { partOf, partOfStack, stackOfPart } from "./part.ts";
import { basePart } from "./schema/parts.ts";
import { secretNames } from "./secret-names.ts";

export interface LoadOptions {
  /** Default: the platform's catalogue. */
  readonly catalogue?: Catalogue;
  /** Policies by environment. Default: those of `stacks/environments`. */
  readonly policies?: Readonly<Record<string, Policy>>;
  /** What is known to be wrong already, and is told with the rest. Default: nothing. */
  readonly found?: readonly Issue[];
  /** Time of the run. Default: no date in the facts is taken to be one in the future. */
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
export function loadEnvironment({
  catalogue = ownCatalogue,
  policies = environments,
  found = [],
  now,
}: LoadOptions = {}): Loaded {
  const { config, issues, misread } = readStackConfig(secretNames(catalogue));
  const read = [...found, ...issues];
  const keys = new Set([...misread, ...read.map(({ path }) => path)]);
  if (!Object.hasOwn(policies, config.environment)) {
    const unknown = noSuchEnvironment(config.environment, Object.keys(policies));
    const shape = soundFacts(config.facts).issues.filter(({ path }) => !keys.has(path));
    throw new ConfigError(config.environment, [unknown, ...read, ...shape, ...checkCatalogue(catalogue).issues]);
  }
  const { policy, issues: ofPolicy } = soundPolicy(config.environment, policies[config.environment]);
  // What is set in a way that can't be used is told of, and not missing beside that.
  const secretKeys = new Set([...config.secretKeys, ...misread]);
  const environment = resolveEnvironment({
    ...config,
    environments: Object.keys(policies),
    secretKeys,
    catalogue,
    policy,
    found: { issues: [...read, ...ofPolicy], keys },
    ...(now === undefined ? {} : { now }),
  });
  return { environment: stackOf(environment, config.stack), config };
}

/** What the running stack has of an environment: all of it, unless facts spread it over several stacks. */
function stackOf(environment: Environment, stack: string): Environment {
  const known = [...environment.parts.assigned.keys()];
  if (known.length === 0) return environment;
  const part = partOfStack(stack, environment.name);
  if (known.includes(part)) return partOf(environment, part);
  throw new ConfigError(environment.name, [
    {
      path: "stack",
      problem: `the environment has no part ${clippedName(part)}; ${thereAre(part, known)}`,
      fix: `select the stack of one of them, such as ${stackOfPart(known[0] ?? basePart, environment.name)}`,
    },
  ]);
}

function noSuchEnvironment(name: string, known: readonly string[]): Issue {
  return {
    path: "stack",
    problem: `there is no environment of this name; ${thereAre(name, known)}`,
    fix: "add its policy to stacks/environments/ and list it in stacks/environments/index.ts (CONTRIBUTING.md, How to add an environment)",
  };
}
