import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { root } from "../support/project.ts";

/** A step of a job or of an action. */
export interface WorkflowStep {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly if?: string;
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly with?: Readonly<Record<string, string>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: Concurrency;
  readonly environment?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix?: { readonly environment?: readonly string[] } };
  readonly steps?: readonly WorkflowStep[];
  readonly "timeout-minutes"?: number;
}

export interface Concurrency {
  readonly group: string;
  readonly "cancel-in-progress": boolean;
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: Concurrency;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** A file below `.github/`, as text and read. */
export interface Source<T> {
  readonly file: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  readonly content: T;
}

/** All workflows. */
export function workflows(): readonly Source<Workflow>[] {
  return sources(".github/workflows/*.{yml,yaml}");
}

/** All local actions. */
export function actions(): readonly Source<{ readonly runs: { readonly steps: readonly WorkflowStep[] } }>[] {
  return sources(".github/actions/*/action.{yml,yaml}");
}

/** One workflow, by the name of its file without its ending. */
export function workflow(name: string): Workflow {
  const found = workflows().find(({ file }) => file === `.github/workflows/${name}.yml`);
  if (found === undefined) throw new Error(`no workflow ${name}`);
  return found.content;
}

/** Environments that people deploy: each `Pulumi.<environment>.yaml` but the sandbox's, without parts of a split one. */
export function deployedEnvironments(): readonly string[] {
  const files = globSync("Pulumi.*.yaml", { cwd: root });
  const names = files.map((file) => file.split(".")[1] ?? "").filter((name) => name !== "sandbox");
  return [...new Set(names)].sort();
}

function sources<T>(pattern: string): readonly Source<T>[] {
  return globSync(pattern, { cwd: root })
    .sort()
    .map((file) => {
      const text = readFileSync(path.join(root, file), "utf8");
      return { file, text, code: text.replaceAll(/(?:^|\s)#.*$/gm, ""), content: parse(text) as T };
    });
}
