import assert from "node:assert/strict";
import type { FleetAction, PartResult } from "../../../operations/fleet/model.ts";
import { runFleet } from "../../../operations/fleet/run.ts";

const parts = ["base", "p1", "p2", "p3"].map((part) => ({ part, stack: part === "base" ? "prod" : `prod.${part}` }));

interface Case {
  readonly action: FleetAction;
  readonly failing?: readonly string[];
  readonly parallel?: number;
  readonly signal?: AbortController;
  readonly abortAt?: string;
}

async function run({ action, failing = [], parallel = 2, signal, abortAt }: Case) {
  const log: string[] = [];
  let atWork = 0;
  let most = 0;
  const report = await runFleet({
    environment: "prod",
    action,
    parts,
    parallel,
    ...(signal === undefined ? {} : { signal: signal.signal }),
    run: async (stack): Promise<Omit<PartResult, "part" | "stack">> => {
      log.push(`begin ${stack}`);
      most = Math.max(most, ++atWork);
      await new Promise(setImmediate);
      atWork -= 1;
      log.push(`end ${stack}`);
      if (stack === abortAt) signal?.abort();
      return { outcome: failing.includes(stack) ? "failed" : "done", seconds: 1, changes: {} };
    },
  });
  return { log, most, outcomes: Object.fromEntries(report.parts.map(({ part, outcome }) => [part, outcome])) };
}

describe("a fleet", () => {
  it("deploys the base first, the others side by side, and no more than asked for", async () => {
    const { log, most, outcomes } = await run({ action: "up" });
    assert.deepEqual(log.slice(0, 2), ["begin prod", "end prod"]);
    assert.equal(most, 2);
    assert.deepEqual(outcomes, { base: "done", p1: "done", p2: "done", p3: "done" });
  });

  it("begins nothing after the base has failed", async () => {
    const { log, outcomes } = await run({ action: "up", failing: ["prod"] });
    assert.deepEqual(log, ["begin prod", "end prod"]);
    assert.deepEqual(outcomes, { base: "failed", p1: "skipped", p2: "skipped", p3: "skipped" });
  });

  it("goes on with the others where one fails", async () => {
    const { outcomes } = await run({ action: "up", failing: ["prod.p1"], parallel: 1 });
    assert.deepEqual(outcomes, { base: "done", p1: "failed", p2: "done", p3: "done" });
  });

  it("destroys the base last, and not while another part is left", async () => {
    const { log } = await run({ action: "destroy" });
    assert.deepEqual(log.slice(-2), ["begin prod", "end prod"]);
    const { outcomes } = await run({ action: "destroy", failing: ["prod.p2"] });
    assert.deepEqual(outcomes, { base: "skipped", p1: "done", p2: "failed", p3: "done" });
  });

  it("previews all of them, whatever becomes of the base", async () => {
    const { outcomes } = await run({ action: "preview", failing: ["prod"] });
    assert.deepEqual(outcomes, { base: "failed", p1: "done", p2: "done", p3: "done" });
  });

  it("begins nothing more once it is interrupted", async () => {
    const { outcomes } = await run({ action: "up", parallel: 1, signal: new AbortController(), abortAt: "prod.p1" });
    assert.deepEqual(outcomes, { base: "done", p1: "done", p2: "skipped", p3: "skipped" });
  });
});
