import { weekdays, type RotationCalendar, type Weekday } from "../../stacks/environments/rotation-calendar.ts";

/** Whether a rotation may begin, and if not, why and when the next one may. */
export type Opening =
  | { readonly open: true }
  | {
      readonly open: false;
      /** As the end of a sentence: `is outside of its windows`. */
      readonly reason: string;
      /** `2026-12-01 08:00 (Europe/Berlin)`; absent where none opens within a year. */
      readonly next?: string;
    };

/** Days that are looked ahead. */
const horizon = 366;

/** Looks a time up in a calendar. Without one, a rotation may begin at any time. Pure. */
export function openingAt(calendar: RotationCalendar | undefined, at: Date): Opening {
  if (calendar === undefined) return { open: true };
  const { timeZone, freezes = [] } = calendar;
  const { day, time } = localTime(at, timeZone);
  const freeze = freezes.find(({ from, to }) => from <= day && day <= to);
  if (freeze !== undefined) {
    return {
      open: false,
      reason: `it is frozen from ${freeze.from} to ${freeze.to}: ${freeze.reason}`,
      ...next(calendar, day, time),
    };
  }
  if (startsOn(calendar, day).some(({ from, to }) => from <= time && time < to)) return { open: true };
  return { open: false, reason: `${weekdayOf(day)} ${time} is in none of its windows`, ...next(calendar, day, time) };
}

interface Span {
  readonly from: string;
  readonly to: string;
}

/** The windows of a day, the first one first. Days that are frozen have none. */
function startsOn({ windows, freezes = [] }: RotationCalendar, day: string): readonly Span[] {
  if (freezes.some(({ from, to }) => from <= day && day <= to)) return [];
  if (windows === undefined || windows.length === 0) return [{ from: "00:00", to: "24:00" }];
  return windows
    .filter(({ days }) => days.includes(weekdayOf(day)))
    .sort((one, other) => (one.from < other.from ? -1 : 1));
}

function next(calendar: RotationCalendar, today: string, time: string): { readonly next?: string } {
  for (let ahead = 0; ahead <= horizon; ahead += 1) {
    const day = dayAfter(today, ahead);
    const found = startsOn(calendar, day).find(({ from }) => ahead > 0 || from > time);
    if (found !== undefined) return { next: `${day} ${found.from} (${calendar.timeZone})` };
  }
  return {};
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}

function weekdayOf(day: string): Weekday {
  const [first] = weekdays;
  return weekdays[(new Date(day).getUTCDay() + 6) % 7] ?? first;
}

/** Day and time as clocks in a time zone show them. */
function localTime(at: Date, timeZone: string): { readonly day: string; readonly time: string } {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  return { day: `${of("year")}-${of("month")}-${of("day")}`, time: `${of("hour")}:${of("minute")}` };
}
