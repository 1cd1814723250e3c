import { z } from "zod";

/**
 * Pulumi's YAML reader turns an unquoted date into a timestamp and hands over its Go text. Quoted or not must mean the
 * same: otherwise adding quotation marks would move an epoch, and with it a password.
 */
export function plainTime(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const utc = value.replace(/^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) \+0000 UTC$/, "$1T$2Z");
  return utc.replace(/^(\d{4}-\d{2}-\d{2})T00:00:00Z$/, "$1");
}

/** `2026-11-22`, or `2026-11-22T14:05:00Z` for a second rotation on one day. */
const epochText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/, {
    error: "must be a date (2026-11-22) or a UTC time (2026-11-22T14:05:00Z)",
    abort: true,
  })
  .refine(isOnCalendar, "is no time of the calendar");

/** `Date.parse` alone takes February 30 for March 2. */
function isOnCalendar(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10));
}

export const epoch = z.preprocess(plainTime, epochText);
