/** Days of the week, from the first on. */
export const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
export type Weekday = (typeof weekdays)[number];

/** A part of some days in which rotations may begin. */
export interface RotationWindow {
  readonly days: readonly Weekday[];
  /** `HH:MM`, from 00:00 on. */
  readonly from: string;
  /** `HH:MM`, later than `from`, up to 24:00. */
  readonly to: string;
}

/** Days on which no rotation begins. */
export interface RotationFreeze {
  /** First day, `YYYY-MM-DD`. */
  readonly from: string;
  /** Last day, `YYYY-MM-DD`. */
  readonly to: string;
  /** Why, for whoever is told of it: a line of text. */
  readonly reason: string;
}

/** When rotations by schedule may begin. A rotation after a leak always may. */
export interface RotationCalendar {
  /** Time zone of all days and times here, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Default: at any time of any day. */
  readonly windows?: readonly RotationWindow[];
  /** Default: none. */
  readonly freezes?: readonly RotationFreeze[];
}
