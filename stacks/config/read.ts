import { Config, getProject, getStack, runtime, type Output } from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config.js";
import { reviewersIn, reviewersKey } from "../../components/backends/vault/reviewers.ts";
import { ConfigError, type Issue } from "../../components/support/errors.ts";
import { factKeys } from "./schema/index.ts";

// Exported by the SDK and missing from its types (`sdk/nodejs/runtime/config.ts`, marked internal). The public way to
// ask, `Config.get`, reads the value first and logs a warning.
const { isConfigSecret } = runtimeConfig as unknown as { readonly isConfigSecret: (key: string) => boolean };

/** What the stack's configuration holds, as far as it may be looked at. */
export interface StackConfig {
  /** Name of the stack: `<environment>`, or `<environment>.<part>` where an environment is split into several stacks. */
  readonly stack: string;
  readonly environment: string;
  readonly project: string;
  /** Values of the keys that hold facts, as JSON; not yet checked. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Keys that hold a secret value. */
  readonly secretKeys: ReadonlySet<string>;
  /** Clusters that Vault has a reviewer's token for (`vaultReviewerTokens`). */
  readonly reviewed: ReadonlySet<string>;
  /** A secret value. */
  readonly secret: (key: string) => Output<string> | undefined;
}

/**
 * Reads the configuration of the stack that runs. The only place that does.
 *
 * Pulumi's typed readers (`getObject`, enums, ranges) quote the offending value in their errors, so facts are read as
 * text and secrets by `getSecret` alone, but for the names of clusters in `vaultReviewerTokens`.
 *
 * @param secretNames keys that may hold a secret value.
 * @throws ConfigError for unknown keys, facts that are no JSON, secret values among facts, and plain values among secrets.
 */
export function readStackConfig(secretNames: readonly string[]): StackConfig {
  const project = getProject();
  const stack = getStack();
  const [environment = stack] = stack.split(".");
  const config = new Config(project);
  const prefix = `${project}:`;
  // An empty value is the project's default for "not set".
  const all = runtime.allConfig();
  const names = Object.entries(all)
    .filter(([key, value]) => key.startsWith(prefix) && value !== "")
    .map(([key]) => key.slice(prefix.length));
  const isSecret = (name: string) => isConfigSecret(`${prefix}${name}`);

  const issues: Issue[] = [];
  const facts: Record<string, unknown> = {};
  for (const name of names) {
    if ((factKeys as readonly string[]).includes(name)) {
      if (isSecret(name)) issues.push({ path: name, ...secretAmongFacts });
      else facts[name] = parseFact(name, config.get(name) ?? "", issues);
    } else if (!secretNames.includes(name)) {
      issues.push({
        path: name,
        problem: `unknown key; allowed are ${[...factKeys, ...secretNames].sort().join(", ")}`,
      });
    } else if (!isSecret(name)) {
      issues.push({
        path: name,
        problem: "holds a secret and is stored in clear",
        fix: `change the value at its source, then: pulumi config set --secret ${name}`,
      });
    }
  }
  const reviewed = reviewedIn(all[`${prefix}${reviewersKey}`], issues);
  if (issues.length > 0) throw new ConfigError(stack, issues);
  const secretKeys = new Set(names.filter((name) => isSecret(name)));
  return { stack, environment, project, facts, secretKeys, reviewed, secret: (key) => config.getSecret(key) };
}

/** The names of clusters in the one secret value that has parts. The tokens themselves go on as an Output only. */
function reviewedIn(text: string | undefined, issues: Issue[]): ReadonlySet<string> {
  if (text === undefined || text === "") return new Set();
  const tokens = reviewersIn(text);
  if (tokens === undefined) {
    issues.push({
      path: reviewersKey,
      problem: "is no JSON object of texts by cluster",
      fix: `pulumi config set --secret ${reviewersKey} '{"<cluster>":"<token>"}'`,
    });
  }
  return new Set(Object.keys(tokens ?? {}));
}

const secretAmongFacts = {
  problem: "holds a secret value; facts are plain data that reviewers read",
  fix: "give the secret a configuration key of its own",
};

/** Texts and dates stay as they are; everything else is JSON, as Pulumi hands it over. */
function parseFact(name: string, text: string, issues: Issue[]): unknown {
  if (!/^\s*[[{]|^(?:true|false|-?\d+)$/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    issues.push({ path: name, problem: `is no valid JSON or YAML (${text.length} characters)` });
    return undefined;
  }
}
