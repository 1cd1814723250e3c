/** A known failure of a reader or writer, matched by its error text. */
export interface KnownError {
  readonly pattern: RegExp;
  /** What to do about it. */
  readonly fix: string;
}

/** Too many requests, for every store. */
export const throttled: KnownError = {
  pattern: /Throttl|TooManyRequests|Rate exceeded|RESOURCE_EXHAUSTED|ResourceExhausted|\b429\b/i,
  fix: "the store received too many requests, and the operator retries. If this happens often, raise refreshSeconds or the store's quota (docs/planner.md)",
};
