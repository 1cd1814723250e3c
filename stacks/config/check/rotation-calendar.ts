import { isRecord } from "../../../components/support/is-record.ts";
import { weekdays } from "../../environments/rotation-calendar.ts";
import { isReason } from "./reason.ts";

/** Whether a value is a calendar of rotations, with times and days that there are. Pure. */
export function isRotationCalendar(value: unknown): boolean {
  if (!isRecord(value) || !hasOnly(value, ["timeZone", "windows", "freezes"])) return false;
  const { timeZone, windows = [], freezes = [] } = value;
  return isTimeZone(timeZone) && isListOf(windows, isWindow) && isListOf(freezes, isFreeze);
}

function hasOnly(value: object, fields: readonly string[]): boolean {
  return Object.keys(value).every((field) => fields.includes(field));
}

function isListOf(value: unknown, each: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(each);
}

function isTimeZone(value: unknown): boolean {
  // What looks like an offset (`+01:00`) knows no summer time, and nobody means that.
  if (typeof value !== "string" || !/^[A-Za-z][\w+/-]*$/.test(value)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function isWindow(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).sort().join() !== "days,from,to") return false;
  const { days, from, to } = value;
  const isDays =
    Array.isArray(days) && days.length > 0 && days.every((day) => (weekdays as readonly unknown[]).includes(day));
  return isDays && isTime(from) && (isTime(to) || to === "24:00") && (from as string) < (to as string);
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && /^([01]\d|2[0-3]):[0-5]\d$/.test(value);
}

function isFreeze(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).sort().join() !== "from,reason,to") return false;
  const { from, to, reason } = value;
  return isDay(from) && isDay(to) && (from as string) <= (to as string) && isReason(reason);
}

/** `Date.parse` alone takes February 30 for March 2. */
function isDay(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}
