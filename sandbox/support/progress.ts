/** One thing that is being done, with its own line on the screen. */
export interface Step {
  readonly title: string;
  /** Does it. `note` shows a short text beside the title; the last one stays. The signal aborts when a sibling fails. */
  run(note: (text: string) => void, signal: AbortSignal): Promise<void>;
}

/** Several steps under one heading. */
export interface StepGroup {
  readonly title: string;
  readonly steps: readonly Step[];
  /** How many run at once. Default: all. */
  readonly concurrency?: number;
  /** Aborts every step: Ctrl-C. */
  readonly signal?: AbortSignal;
}

/** Where long work shows what it does. The platform knows only this, not a terminal. */
export interface Progress {
  /** Runs the steps and rejects with the first failure, after the others have stopped. */
  run(group: StepGroup): Promise<void>;
  /** A line that stays, for facts rather than work. */
  info(text: string): void;
}
