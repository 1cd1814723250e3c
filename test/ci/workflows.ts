import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { root } from "../support/project.ts";

/** A step of a job or of an action. */
export interface WorkflowStep {
  readonly id?: string;
  readonly if?: string;
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
  readonly outputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly strategy?: {
    readonly matrix?: unknown;
    readonly "max-parallel"?: number;
    readonly "fail-fast"?: boolean;
  };
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

/** A job that runs once for each entry of a list of `environments.yml`. */
export interface MatrixJob {
  /** File and name of the job. */
  readonly where: string;
  readonly job: Job;
  /** Name of the list, such as `all`. */
  readonly list: string;
}

/** The matrix of the parts of one environment, which its caller names. */
const partsMatrix = '{"part":"${{ fromJSON(inputs.parts) }}"}';

/** All jobs with a matrix of stacks. One whose matrix is anything but such a list, or that of parts, is an error. */
export function matrixJobs(): readonly MatrixJob[] {
  return workflows().flatMap(({ file, content }) =>
    Object.entries(content.jobs).flatMap(([name, job]) => {
      if (job.strategy?.matrix === undefined) return [];
      const where = `${path.basename(file, ".yml")} ${name}`;
      const text = JSON.stringify(job.strategy.matrix);
      if (text === partsMatrix) return [];
      const derived = /^\{"include":"\$\{\{ fromJSON\(needs\.environments\.outputs\.(?<list>\w+)\) \}\}"\}$/.exec(text);
      const list = derived?.groups?.["list"];
      if (list === undefined) throw new Error(`${where}: the matrix ${text} is not derived from the environments`);
      return [{ where, job, list }];
    }),
  );
}

function sources<T>(pattern: string): readonly Source<T>[] {
  return globSync(pattern, { cwd: root })
    .sort()
    .map((file) => {
      const text = readFileSync(path.join(root, file), "utf8");
      return { file, text, code: text.replaceAll(/(?:^|\s)#.*$/gm, ""), content: parse(text) as T };
    });
}
