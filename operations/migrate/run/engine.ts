import type { PlannedFact } from "../plan/model.ts";
import type { SecretValue } from "../secret-value.ts";

/** The stack that secrets are migrated into. */
export interface Engine {
  /** A secret value of its configuration; `undefined` where it has none. */
  readonly secret: (key: string) => Promise<SecretValue | undefined>;
  /** Sets it, encrypted. */
  readonly setSecret: (key: string, value: SecretValue) => Promise<void>;
  readonly setFact: (fact: PlannedFact) => Promise<void>;
  /** Where there is none, there is nothing to do. */
  readonly removeFact: (path: readonly string[]) => Promise<void>;
  /**
   * `pulumi up`.
   *
   * @throws EngineError with what it said.
   */
  readonly up: () => Promise<void>;
}

/** Reads what the state keeps. */
export interface StateReader {
  /**
   * A generated value, decrypted, by its logical name; `undefined` where the state has none.
   *
   * @throws EngineError with what the engine said.
   */
  readonly kept: (name: string) => Promise<SecretValue | undefined>;
}

/** A command of the engine that failed. Its message is what the engine said, and holds no value. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** The stack that the command was of, where it was one of several. */
  readonly ofStack: string | undefined;

  constructor(message: string, ofStack?: string) {
    super(message);
    this.ofStack = ofStack;
  }
}
