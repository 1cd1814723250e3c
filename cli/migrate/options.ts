import { Command } from "commander";
import type { CommonOptions } from "../frame.ts";

/** Options of every command that reads sources. */
export interface SourceOptions extends CommonOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly only: readonly string[];
  readonly take: readonly string[];
  readonly leave: readonly string[];
}

export function withSources(command: Command): Command {
  return command
    .argument(
      "<source...>",
      ".env files, Helm values, manifests, folders, live:<namespace>, live:<namespace>/<Secret> or vault:<mount>/<folder>",
    )
    .option(
      "--take <names...>",
      "settings to migrate although their names are not those of secrets: NAME or NAME=KEY",
      [],
    )
    .option("--only <names...>", "settings to migrate, and no others: NAME or NAME=KEY", [])
    .option("--leave <names...>", "settings not to migrate", [])
    .option("--kubeconfig <file>", "kubeconfig for live: sources (default: KUBECONFIG, or ~/.kube/config)")
    .option("--context <name>", "its context (default: the current one)");
}

/** The words of a command that name its sources and how they are read, for whoever types it again. */
export function sourceWords(sources: readonly string[], options: PlanOptions): readonly string[] {
  const single = (["to", "namespace", "cluster", "store", "kubeconfig", "context"] as const).flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
  const several = (["take", "only", "leave"] as const).flatMap((name) => {
    const values = options[name];
    return values.length === 0 ? [] : [`--${name}`, ...values];
  });
  return [...sources, ...single, ...several].map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
}

/** What `sourceWords` made of sources and options, as they were. */
export function sourcesOfWords(words: readonly string[]): {
  readonly sources: readonly string[];
  readonly options: Omit<PlanOptions, "json" | "root">;
} {
  const command = withPlan(new Command());
  command.parse(words.map(unquoted), { from: "user" });
  return { sources: command.processedArgs[0] as string[], options: command.opts() };
}

function unquoted(word: string): string {
  return /^'.*'$/s.test(word) ? word.slice(1, -1).replaceAll("'\\''", "'") : word;
}

/** Options of every command about a migration. */
export interface MigrationOptions extends CommonOptions {
  readonly stack?: string;
}

export function withStack(command: Command): Command {
  return command.option(
    "--stack <name>",
    "stack of the environment (default: the one that `pulumi stack select` chose)",
  );
}

/** Options of the command that ends a migration. */
export interface RetireOptions extends MigrationOptions {
  readonly write: boolean;
  readonly keep: boolean;
  readonly dryRun: boolean;
}

/** Options of the command that carries a plan out. */
export interface RunOptions extends PlanOptions {
  readonly dryRun: boolean;
  readonly until: "install" | "store" | "beside" | "prove" | "switch";
}

/** Options of every command that plans a migration into an environment. */
export interface PlanOptions extends SourceOptions {
  readonly stack?: string;
  readonly to?: string;
  readonly namespace?: string;
  readonly cluster?: string;
  readonly store?: string;
}

export function withPlan(command: Command): Command {
  return withStack(withSources(command))
    .option(
      "--to <namespace/Secret>",
      "Secret for settings whose source names none (default: the one of the catalogue that has such a key)",
    )
    .option("--namespace <name>", "namespace of Secrets whose source names none")
    .option("--cluster <name>", "cluster of namespaces that the facts lack (default: the only one)")
    .option("--store <name>", "store of namespaces that the facts lack (default: the only one)");
}
