import assert from "node:assert/strict";
import fc from "fast-check";
import { breakIt, breaks, namesBelow } from "./break.ts";
import { faultsOf } from "./faults.ts";
import { validInput } from "./input.ts";
import { runCase } from "./run.ts";

describe("a valid input with one thing broken", () => {
  it("is previewed, or refused by a message that names the place", async () => {
    await fc.assert(
      fc.asyncProperty(breaks(validInput()), async (each) => {
        const result = await runCase({ change: (input) => void breakIt(input, each) });
        assert.deepEqual(faultsOf(result), [], result.text);
        if (result.outcome !== "refused") return;
        // Where all stores are gone, what is told of is each namespace that reads one.
        const names = [...each.path.slice(1), ...namesBelow(validInput(), each.path)].filter(
          (name) => !/^\d+$/.test(name),
        );
        assert.ok(
          names.some((name) => result.text.includes(name)),
          `no message names ${each.path.join(".")}: ${result.text}`,
        );
      }),
      // A seed of its own makes a failure the same everywhere; BATTERY_SEED looks at others.
      { numRuns: Number(process.env["BATTERY_RUNS"] ?? 300), seed: Number(process.env["BATTERY_SEED"] ?? 1) },
    );
  }).timeout(600_000);
});
