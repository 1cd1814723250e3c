/** What a person needs to get past a failure: the fact, its cause, and the next command. */
export interface Problem {
  /** One sentence: what did not work, with the name of the thing. */
  readonly what: string;
  /** The cause, as far as it is known: a message of another program, the last lines of a log. */
  readonly why?: string;
  /** The command or the setting that fixes it. */
  readonly fix: string;
}

/** An expected failure. The command line prints its message and never its stack. */
export class SandboxError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(describeProblem(problem), options);
    this.name = "SandboxError";
    this.problem = problem;
  }
}

/** Ctrl-C, or the sibling of a failed step being told to stop: not a failure of its own. */
export class InterruptedError extends Error {
  constructor() {
    super("interrupted");
    this.name = "InterruptedError";
  }
}

/** The problem as the three lines that a person reads. */
export function describeProblem({ what, why, fix }: Problem): string {
  const lines = [what];
  if (why !== undefined && why.trim() !== "") lines.push(`  why: ${indentRest(why.trimEnd())}`);
  lines.push(`  fix: ${indentRest(fix)}`);
  return lines.join("\n");
}

function indentRest(text: string): string {
  return text.split("\n").join("\n       ");
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Whether a thrown value is a Node system error with this code ("ENOENT"). */
export function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}
