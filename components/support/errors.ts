import { RunError } from "@pulumi/pulumi";

/** One thing that is wrong with a configuration: where, what, and how to put it right. Never holds a secret value. */
export interface Issue {
  /** Where it is, as the user wrote it: `stores.vault.address`, `catalogue.mlflow.db-password`. */
  readonly path: string;
  /** What was received and what is allowed, as one sentence without a full stop. */
  readonly problem: string;
  /** The change or the command that puts it right. */
  readonly fix?: string;
}

/**
 * An expected failure: its message is all that people need. Without a stack, which Pulumi would not print and yet formats
 * with `util.inspect` first: Node 22.23 then runs out of memory for up to a minute on a path like
 * `node_modules/@pulumi/resource.ts`, which source maps put there.
 */
export class ExpectedError extends RunError {
  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}

/**
 * The configuration of an environment can't be deployed. Holds every issue found, not only the first.
 *
 * A `RunError`, the one error class that Pulumi's Node host always prints without a stack trace
 * (pulumi/pulumi `sdk/nodejs/cmd/run/run.ts`).
 */
export class ConfigError extends ExpectedError {
  readonly issues: readonly Issue[];

  constructor(environment: string, issues: readonly Issue[]) {
    super(renderIssues(`The configuration of environment "${environment}" has`, issues));
    this.issues = issues;
  }
}

/** A deployment was refused before its first write, to keep what exists outside the state. */
export class RefusedError extends ExpectedError {
  readonly issues: readonly Issue[];

  constructor(environment: string, issues: readonly Issue[]) {
    super(renderIssues(`Environment "${environment}" was refused:`, issues));
    this.issues = issues;
  }
}

/** A store can't be asked what it holds, so nothing may be written either. */
export class StoreError extends ExpectedError {
  constructor(path: string, problem: string, fix: string) {
    super(`${path}: ${problem}. Nothing was changed.\n    fix: ${fix}`);
  }
}

function renderIssues(opening: string, issues: readonly Issue[]): string {
  const count = issues.length === 1 ? "1 problem" : `${issues.length} problems`;
  const lines = issues.flatMap(({ path, problem, fix }) => [
    `  ${path}: ${problem}`,
    ...(fix === undefined ? [] : [`    fix: ${fix}`]),
  ]);
  return [`${opening} ${count}. Nothing was changed.`, ...lines].join("\n");
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Marks a code path that the types rule out; a new union member without its case does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
