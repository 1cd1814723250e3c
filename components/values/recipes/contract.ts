import type { Issue } from "../../support/messages/errors.ts";
import type { Entropy } from "../entropy.ts";

/** What differs between the recipes whose value is random. Pure, but for what it draws. */
export interface RandomKind<R extends { readonly kind: string }> {
  /**
   * Canonical text: equal recipes give equal texts. It lies in the state beside the value that was made by it, so that a
   * changed recipe can be noticed: the value stays, and the program says so. Another text would warn in every stack.
   */
  fingerprint(recipe: R): string;
  /** Makes a value. */
  generate(recipe: R, entropy: Entropy): string;
  /** Strength in bits, for the environment's minimum. */
  strength(recipe: R): number;
  /** Longest value in characters, all of them ASCII and each one byte, for the limits of bcrypt and of stores. */
  maximumLength(recipe: R): number;
  /** Shortest value in characters. Default: as the longest. */
  minimumLength?(recipe: R): number;
  /** Every character that a value may hold. */
  characters(recipe: R): string;
  /** Why no value can be made; `undefined` where it can. */
  problem(recipe: R): Omit<Issue, "path"> | undefined;
  /** Whether the value may be weaker than the environment's minimum. Default: no. */
  mayBeWeak?(recipe: R): boolean;
  /** How a value gets stronger. Default: by length, or by more kinds of characters. */
  readonly stronger?: string;
}
