import assert from "node:assert/strict";
import { assertGoldenText } from "../support/golden.ts";
import { canary } from "./case.ts";
import { classes } from "./classes/index.ts";
import { faultsOf } from "./faults.ts";
import { heading, messagesFile } from "./messages.ts";
import { runCase, type Result } from "./run.ts";

/** Refusals by class and case, as people read them. */
const messages: string[] = [];

describe("the battery of inputs", () => {
  it("begins with one that is valid", async () => {
    const result = await runCase({ change: () => undefined });
    assert.equal(result.outcome, "accepted", result.text);
    assert.deepEqual(faultsOf(result), []);
  });

  it("notices what no input may lead to", () => {
    const good: Result = { outcome: "refused", text: "a: b", milliseconds: 1 };
    assert.deepEqual(faultsOf(good), []);
    assert.deepEqual(faultsOf({ ...good, outcome: "crashed" }), ["a stack trace"]);
    assert.deepEqual(faultsOf({ ...good, text: `a ${canary}` }), ["a secret is printed"]);
    assert.deepEqual(faultsOf({ ...good, text: "a\u001b[31m" }), ["a control character"]);
    assert.deepEqual(faultsOf({ ...good, text: "a\n::error::b" }), ["a line that a workflow takes for a command"]);
    assert.deepEqual(faultsOf({ ...good, milliseconds: 10_001 }), ["takes more than 10000 ms"]);
    assert.deepEqual(faultsOf({ ...good, text: "x".repeat(20_001) }), ["a refusal of 20001 characters"]);
    assert.deepEqual(faultsOf({ ...good, text: "a: undefined" }), ["words of the machinery: undefined"]);
  });

  for (const one of classes) {
    describe(one.title, () => {
      for (const each of one.cases) {
        const { name, outcome, change } = each;
        it(`${name}: ${outcome}`, async () => {
          const result = await runCase({ change });
          messages.push(heading(one, each), result.outcome === "refused" ? result.text : result.outcome, "");
          assert.equal(result.outcome, outcome, result.outcome === "accepted" ? "it was previewed" : result.text);
          assert.deepEqual(faultsOf(result), [], result.text);
        });
      }
    });
  }

  after(() => {
    assertGoldenText(messagesFile, messages.join("\n"));
  });
});
