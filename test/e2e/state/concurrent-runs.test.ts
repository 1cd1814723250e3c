import assert from "node:assert/strict";
import { startUp } from "../support/mishaps/child.ts";
import { deployShared, shared, sharedWithAnother } from "../support/shared-small-stack.ts";
import { succeed } from "../support/stacks.ts";

describe("two ups at once", () => {
  before(deployShared);
  after(() => succeed("up", shared));

  it("end as one: the other one names the run at work, and changes nothing", async () => {
    const first = startUp(sharedWithAnother("added-by-the-first"));
    const second = startUp(sharedWithAnother("added-by-the-second"));
    const results = await Promise.all([first.ended, second.ended]);
    const [winner, loser] = results[0].code === 0 ? results : [results[1], results[0]];
    assert.equal(winner.code, 0, winner.output);
    assert.equal(loser.code, 1, "both went through");
    const pid = winner === results[0] ? first.pid : second.pid;
    assert.match(loser.output, new RegExp(`Another run is deploying to this platform \\(pid ${pid}\\)`));
    assert.match(loser.output, /fix: Wait for it/);
    const { changes } = await succeed(
      "up",
      sharedWithAnother(winner === results[0] ? "added-by-the-first" : "added-by-the-second"),
    );
    assert.deepEqual(changes, {});
  });
});
