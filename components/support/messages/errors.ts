import { RunError } from "@pulumi/pulumi";
import { canonicalPath } from "./config-command.ts";
import { printable, printableLine } from "./printable.ts";

/** One thing that is wrong with a configuration: where, what, and how to put it right. Never holds a secret value. */
export interface Issue {
  /** Where it is, as `configPath` writes it: `stores.vault.address`, `catalogue.mlflow.secrets["db-password"]`. */
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
    const shown = printable(message);
    super(shown);
    this.stack = shown;
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
    super(renderIssues(`The configuration of environment "${environment.slice(0, most.name)}" has`, issues));
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

/** What people asked a command for can't be done. Holds every reason, not only the first. */
export class RequestError extends ExpectedError {
  readonly issues: readonly Issue[];

  /** @param request what was asked for, such as `A rotation in environment dev`. */
  constructor(request: string, issues: readonly Issue[]) {
    super(renderIssues(`${request} was refused:`, issues));
    this.issues = issues;
  }
}

/** A store or a cluster can't be asked what it holds. Some are asked while others are written already. */
export class StoreError extends ExpectedError {
  /** The same, of a run that has written nothing yet, which its message then says. */
  readonly beforeFirstWrite: () => StoreError;

  constructor(path: string, problem: string, fix: string, { written = true }: { readonly written?: boolean } = {}) {
    super(`${path}: ${problem}.${written ? "" : " Nothing was changed."}\n    fix: ${fix}`);
    this.beforeFirstWrite = () => new StoreError(path, problem, fix, { written: false });
  }
}

/** Most characters of a list of issues, of one line in it, and of a name: nobody reads more at once. */
const most = { list: 15_000, line: 1_000, name: 100 } as const;

function renderIssues(opening: string, issues: readonly Issue[]): string {
  const count = issues.length === 1 ? "1 problem" : `${issues.length} problems`;
  const shown: string[] = [];
  let length = 0;
  for (const issue of issues) {
    const text = renderIssue(issue);
    length += text.length;
    if (length > most.list && shown.length > 0) break;
    shown.push(text);
  }
  const left = issues.length - shown.length;
  const more = left === 0 ? [] : [`  and ${left} more, which are shown when these are put right`];
  return [`${opening} ${count}. Nothing was changed.`, ...shown, ...more].join("\n");
}

/** A fix may have a second one on a line of its own. */
const alternative = /\n(?= {4}or\b)/;

function renderIssue({ path, problem, fix }: Issue): string {
  const lines = [`  ${printableLine(canonicalPath(path))}: ${printableLine(problem)}`];
  if (fix !== undefined) lines.push(...`    fix: ${fix}`.split(alternative).map(printableLine));
  return lines.map((line) => (line.length > most.line ? `${line.slice(0, most.line)}…` : line)).join("\n");
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Marks a code path that the types rule out; a new union member without its case does not compile. */
export function unreachable(value: never): never {
  // Not the value: a part of it may be secret.
  throw new Error(`unhandled case: ${typeof value}`);
}
