/** Exit codes of every `secrets` command. */
export const EXIT = {
  /** Done, and nothing to report. */
  done: 0,
  /** Done, and the answer is bad news: a broken link, an overdue rotation, values that differ. */
  found: 1,
  /** Refused before anything was changed: arguments, configuration, or something that exists. */
  refused: 2,
  /** Failed on the way. Running it again continues. */
  failed: 3,
  /** A bug of the command. */
  bug: 70,
  /** Stopped by Ctrl-C or a signal. Running it again continues. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What exit codes of a command mean, by code. Those of a bug and of an interruption are the same for all. */
export type ExitMeanings = Readonly<{
  [EXIT.done]: string;
  [EXIT.found]?: string;
  [EXIT.refused]: string;
  [EXIT.failed]?: string;
}>;

/** A command that failed on the way, after it had changed something. Its message says what, and how to go on. */
export class FailedError extends Error {
  override readonly name = "FailedError";
}

/** The table that help prints. */
export const exitCodesHelp = `Exit codes:
  0    done
  1    done, and something is to be looked at
  2    refused before anything was changed
  3    failed on the way: run it again to continue
  70   a bug of the command
  130  interrupted: run it again to continue`;
