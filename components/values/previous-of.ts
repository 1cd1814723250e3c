import { givenOptions } from "./given-options.ts";

/** The value that another key of the same secret had before its last rotation. */
export interface PreviousRecipe {
  readonly kind: "previous";
  readonly of: string;
  /** Whole days from a rotation on which that value stays valid: 1 to 3650. */
  readonly days: number;
}

/** Most days that a previous value can be meant to stay valid: ten years. */
export const mostOverlapDays = 3650;

/**
 * The value of another key before the last rotation, for clients that still use it: tokens that were signed with it, data that
 * was encrypted with it. Before the first rotation, and once the days are over, it is the current value: the key always exists,
 * is never empty, and accepts nothing more than the current one does.
 *
 * @param key key of the same secret, whose value is generated.
 * @param options.days whole days from a rotation, 1 to 3650. They end with a day (UTC).
 */
export function previousOf(key: string, options: Pick<PreviousRecipe, "days">): PreviousRecipe {
  return { kind: "previous", of: key, ...givenOptions(options) };
}

/** The time in which a value from before a rotation is valid. */
export interface Overlap {
  /** Its last day, UTC: `YYYY-MM-DD`. */
  readonly until: string;
  /** Whether it has ended, by the clock or because the value is retired. */
  readonly isOver: boolean;
}

export interface OverlapArgs {
  /** The rotation: a date, or an RFC 3339 time. */
  readonly rotatedAt: string;
  readonly days: number;
  /** Rotation whose previous value is retired, and those before it; a date or a time. Default: none is. */
  readonly retired?: string | undefined;
  /** Time of the run. Default: the overlap has not ended by the clock. */
  readonly now?: Date | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;

/** The overlap that follows a rotation. It counts whole days, so that one dated today gets no less than it is meant to. Pure. */
export function overlapOf({ rotatedAt, days, retired, now }: OverlapArgs): Overlap {
  const until = dayOf(new Date(Date.parse(rotatedAt.slice(0, 10)) + days * dayMs));
  const isRetired = retired !== undefined && Date.parse(retired) >= Date.parse(rotatedAt);
  return { until, isOver: isRetired || (now !== undefined && dayOf(now) > until) };
}

/** The day of a time, UTC: `YYYY-MM-DD`. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
