import assert from "node:assert/strict";
import { openingAt } from "../../../operations/rotate/windows.ts";
import type { RotationCalendar } from "../../../stacks/environments/rotation-calendar.ts";

const calendar: RotationCalendar = {
  timeZone: "Europe/Berlin",
  windows: [
    { days: ["Tue", "Wed", "Thu"], from: "14:00", to: "16:00" },
    { days: ["Tue"], from: "08:00", to: "10:00" },
    { days: ["Sun"], from: "22:00", to: "24:00" },
  ],
  freezes: [{ from: "2026-12-19", to: "2027-01-03", reason: "the end of the year" }],
};
const at = (text: string) => openingAt(calendar, new Date(text));

describe("when a rotation may begin", () => {
  it("is any time without a calendar, and on every day that is not frozen without windows", () => {
    assert.deepEqual(openingAt(undefined, new Date()), { open: true });
    const { timeZone, freezes = [] } = calendar;
    assert.deepEqual(openingAt({ timeZone, freezes }, new Date("2026-12-18T22:59:00Z")), { open: true });
    assert.deepEqual(openingAt({ timeZone, freezes }, new Date("2026-12-18T23:00:00Z")), {
      open: false,
      reason: "it is frozen from 2026-12-19 to 2027-01-03: the end of the year",
      next: "2027-01-04 00:00 (Europe/Berlin)",
    });
  });

  it("follows the clocks of the time zone, summer and winter, up to the last minute", () => {
    // Tuesdays; 08:00 in Berlin is 07:00 UTC in winter and 06:00 UTC in summer.
    for (const time of [
      "2026-12-01T07:00:00Z",
      "2026-12-01T08:59:59Z",
      "2026-06-30T06:00:00Z",
      "2026-12-06T22:30:00Z",
    ]) {
      assert.deepEqual(at(time), { open: true }, time);
    }
    const closed = {
      "2026-12-01T06:59:59Z": ["Tue 07:59", "2026-12-01 08:00"],
      "2026-12-01T09:00:00Z": ["Tue 10:00", "2026-12-01 14:00"],
      "2026-12-01T15:00:00Z": ["Tue 16:00", "2026-12-02 14:00"],
      "2026-12-03T15:00:00Z": ["Thu 16:00", "2026-12-06 22:00"],
      "2026-06-30T08:00:00Z": ["Tue 10:00", "2026-06-30 14:00"],
    };
    for (const [time, [clock = "", next = ""]] of Object.entries(closed)) {
      assert.deepEqual(at(time), {
        open: false,
        reason: `${clock} is in none of its windows`,
        next: `${next} (Europe/Berlin)`,
      });
    }
  });

  it("looks past frozen days for the next window, for a year", () => {
    assert.deepEqual(at("2026-12-17T16:00:00Z"), {
      open: false,
      reason: "Thu 17:00 is in none of its windows",
      next: "2027-01-05 08:00 (Europe/Berlin)",
    });
    const never = { timeZone: "UTC", freezes: [{ from: "2026-01-01", to: "2028-01-01", reason: "sold" }] };
    assert.deepEqual(openingAt(never, new Date("2026-06-01T00:00:00Z")), {
      open: false,
      reason: "it is frozen from 2026-01-01 to 2028-01-01: sold",
    });
  });
});
