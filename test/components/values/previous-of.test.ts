import assert from "node:assert/strict";
import { overlapOf } from "../../../components/values/previous-of.ts";
import { previousOf } from "../../../components/values/recipe.ts";

const at = (text: string) => new Date(text);
const rotation = { rotatedAt: "2026-12-01T00:00:00Z", days: 14 };

describe("the time in which a previous value is valid", () => {
  it("ends with a day, so many days after the rotation", () => {
    assert.deepEqual(overlapOf({ ...rotation, now: at("2026-12-15T23:59:59Z") }), {
      until: "2026-12-15",
      isOver: false,
    });
    assert.deepEqual(overlapOf({ ...rotation, now: at("2026-12-16T00:00:00Z") }), {
      until: "2026-12-15",
      isOver: true,
    });
  });

  it("counts from the day of a rotation, whatever its hour", () => {
    assert.equal(overlapOf({ rotatedAt: "2026-12-31T23:59:59Z", days: 1 }).until, "2027-01-01");
    assert.equal(overlapOf({ rotatedAt: "2028-02-28", days: 1 }).until, "2028-02-29");
  });

  it("has not ended where nobody knows the time", () => {
    assert.equal(overlapOf(rotation).isOver, false);
  });

  it("ends at once where the value before the rotation is retired, and not where an earlier one is", () => {
    const now = at("2026-12-02T00:00:00Z");
    for (const [retired, isOver] of [
      ["2026-12-01", true],
      ["2026-12-01T00:00:00Z", true],
      ["2026-12-02", true],
      ["2026-11-30", false],
    ] as const) {
      assert.equal(overlapOf({ ...rotation, retired, now }).isOver, isOver, retired);
    }
  });
});

describe("the recipe of a previous value", () => {
  it("names the key and the days", () => {
    assert.deepEqual(previousOf("token", { days: 7 }), { kind: "previous", of: "token", days: 7 });
  });

  it("hands on what is no object of options, for the check of the catalogue", () => {
    assert.deepEqual(previousOf("token", 7 as never), { kind: "previous", of: "token", options: 7 });
  });
});
