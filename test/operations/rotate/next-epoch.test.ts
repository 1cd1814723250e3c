import assert from "node:assert/strict";
import fc from "fast-check";
import { nextEpoch } from "../../../operations/rotate/next-epoch.ts";

const now = new Date("2026-12-01T14:05:09.750Z");

describe("the epoch that follows another", () => {
  const followers: Readonly<Record<string, string>> = {
    initial: "2026-12-01",
    "2026-11-30": "2026-12-01",
    "2026-11-30T23:59:59Z": "2026-12-01",
    "2026-12-01": "2026-12-01T14:05:09Z",
    "2026-12-01T10:00:00Z": "2026-12-01T14:05:09Z",
    "2026-12-01T14:05:09Z": "2026-12-01T14:05:10Z",
    // Dated ahead, as the program allows for a day.
    "2026-12-02": "2026-12-02T00:00:01Z",
    "2026-12-02T08:00:00Z": "2026-12-02T08:00:01Z",
  };
  for (const [current, next] of Object.entries(followers)) {
    it(`is ${next} after ${current}`, () => assert.equal(nextEpoch(current, now), next));
  }

  it("is always later, as texts compare", () => {
    const times = fc.date({ min: new Date("2026-11-01"), max: new Date("2026-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(times, times, (first, second) => {
        const one = nextEpoch("initial", first);
        const two = nextEpoch(one, second);
        assert.ok(two > one, `${one} ${two}`);
        assert.ok(nextEpoch(two, second) > two);
      }),
    );
  });
});
