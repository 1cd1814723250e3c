import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { turns } from "../../../components/support/turns.ts";

describe("tasks in turns", () => {
  it("run so many at a time, in order, whether those before succeed or not", async () => {
    const turn = turns(2);
    let running = 0;
    const most: number[] = [];
    const started: number[] = [];
    const results = await Promise.allSettled(
      [0, 1, 2, 3, 4].map((each) =>
        turn(async () => {
          started.push(each);
          running += 1;
          most.push(running);
          await setImmediate();
          running -= 1;
          if (each % 2 === 1) throw new Error(`${each} failed`);
          return each;
        }),
      ),
    );
    assert.deepEqual(started, [0, 1, 2, 3, 4]);
    assert.equal(Math.max(...most), 2);
    assert.deepEqual(
      results.map((each) => (each.status === "fulfilled" ? each.value : (each.reason as Error).message)),
      [0, "1 failed", 2, "3 failed", 4],
    );
    assert.equal(await turn(() => Promise.resolve("later")), "later");
  });
});
