import { Config, getProject, getStack, runtime, type Output } from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config.js";
import { reviewersKey } from "../../components/backends/vault/reviewers.ts";
import { configPath, removeCommand, setSecretCommand } from "../../components/support/messages/config-command.ts";
import type { Issue } from "../../components/support/messages/errors.ts";
import { charactersOf, clippedName } from "../../components/support/messages/printable.ts";
import { closest } from "../../components/support/messages/suggestions.ts";
import { textsByName } from "../../components/support/texts-by-name.ts";
import { targetPasswordsKey } from "../../components/targets/kind.ts";
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
  /** Targets whose administrator has a password (`targetPasswords`). */
  readonly administered: ReadonlySet<string>;
  /** A secret value. */
  readonly secret: (key: string) => Output<string> | undefined;
}

/** A configuration, and what is wrong with it so far. */
export interface ReadConfig {
  readonly config: StackConfig;
  /** Keys that are set in a way that can't be used: in clear, or misspelt. */
  readonly misread: readonly string[];
  /** Unknown keys, facts that are no JSON, secret values among facts, and plain values among secrets. */
  readonly issues: readonly Issue[];
}

/**
 * Reads the configuration of the stack that runs. The only place that does.
 *
 * Pulumi's typed readers (`getObject`, enums, ranges) quote the offending value in their errors, so facts are read as
 * text and secrets by `getSecret` alone, but for the names in `vaultReviewerTokens` and `targetPasswords`.
 *
 * @param secretNames keys that may hold a secret value.
 */
export function readStackConfig(secretNames: readonly string[]): ReadConfig {
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
  const misread: string[] = [];
  const facts: Record<string, unknown> = {};
  for (const name of names) {
    const path = configPath([name]);
    if ((factKeys as readonly string[]).includes(name)) {
      if (isSecret(name)) issues.push({ path, ...secretAmongFacts });
      else facts[name] = parseFact(name, config.get(name) ?? "", issues);
    } else if (!secretNames.includes(name)) {
      const known = [...factKeys, ...secretNames];
      const meant = closest(name, known);
      if (meant !== undefined && !names.includes(meant)) misread.push(meant);
      issues.push({ path, ...unknownKey({ name, meant, known, isSecret: isSecret(name) }) });
    } else if (!isSecret(name)) {
      misread.push(name);
      issues.push({
        path,
        problem: "holds a secret and is stored in clear",
        fix: `change the value at its source, then: ${setSecretCommand([name])}`,
      });
    }
  }
  const namesIn = (key: string, form: Form) => namesOfTexts({ key, form, text: all[`${prefix}${key}`], issues });
  const reviewed = namesIn(reviewersKey, { of: "cluster", holds: "token" });
  const administered = namesIn(targetPasswordsKey, { of: "target", holds: "password" });
  const secretKeys = new Set(names.filter((name) => isSecret(name)));
  return {
    config: {
      stack,
      environment,
      project,
      facts,
      secretKeys,
      reviewed,
      administered,
      secret: (key) => config.getSecret(key),
    },
    misread,
    issues,
  };
}

interface UnknownKey {
  readonly name: string;
  readonly meant: string | undefined;
  readonly known: readonly string[];
  readonly isSecret: boolean;
}

/** A misspelt key of a secret may hold it in clear: the value counts as seen by others then. */
function unknownKey({ name, meant, known, isSecret }: UnknownKey): Omit<Issue, "path"> {
  const problem = "is no configuration key of this program";
  if (meant === undefined) {
    return { problem: `${problem}; there are ${[...known].sort().join(", ")}`, fix: removalOf(name) };
  }
  if ((factKeys as readonly string[]).includes(meant)) {
    return { problem: `${problem}; did you mean ${meant}?`, fix: `rename it to ${meant}` };
  }
  const first = isSecret ? "" : "change the value at its source, then: ";
  return {
    problem: `${problem}; did you mean ${meant}?`,
    fix: canBeTyped(name)
      ? `${first}${removeCommand([name])} && ${setSecretCommand([meant])}`
      : `${first}${removalOf(name)}, then: ${setSecretCommand([meant])}`,
  };
}

/** A message cuts what is long, and shows some characters as escapes, which a shell would take for others. */
function canBeTyped(name: string): boolean {
  return clippedName(name) === name;
}

function removalOf(name: string): string {
  return canBeTyped(name) ? removeCommand([name]) : "remove the key from the stack's file, Pulumi.<stack>.yaml";
}

/** What a secret value has by name, such as a token by cluster. */
interface Form {
  readonly of: string;
  readonly holds: string;
}

interface TextsByName {
  readonly key: string;
  readonly form: Form;
  readonly text: string | undefined;
  readonly issues: Issue[];
}

/** The names in a secret value that has parts. What they name goes on as an Output only. */
function namesOfTexts({ key, form: { of, holds }, text, issues }: TextsByName): ReadonlySet<string> {
  if (text === undefined || text === "") return new Set();
  const texts = textsByName(text);
  if (texts === undefined) {
    issues.push({
      path: key,
      problem: `is no JSON object of texts by ${of}`,
      fix: setSecretCommand(key, `{"<${of}>":"<${holds}>"}`),
    });
  }
  return new Set(Object.keys(texts ?? {}));
}

const secretAmongFacts = {
  problem:
    'holds a secret value (Pulumi takes a map for one whose only key is "secure"); facts are plain data that reviewers read',
  fix: "give the secret a configuration key of its own",
};

/** Facts that are a text, whatever it looks like. */
const texts: readonly string[] = [
  "platform",
  "created",
  "via",
  "refreshPolicy",
] satisfies readonly (typeof factKeys)[number][];

/** Texts and dates stay as they are; everything else is JSON, as Pulumi hands it over. */
function parseFact(name: string, text: string, issues: Issue[]): unknown {
  if (texts.includes(name) && !/^\s*[[{]/.test(text)) return text;
  if (!/^\s*[[{]|^(?:true|false|-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)$/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    issues.push({
      path: name,
      problem: `is a text that is no JSON (${charactersOf(text)})`,
      fix: "write it as YAML, without quotation marks around it",
    });
    return undefined;
  }
}
