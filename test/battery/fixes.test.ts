import assert from "node:assert/strict";
import type { Case, Input } from "./case.ts";
import { classes } from "./classes/index.ts";
import { segments, type, typedFixes } from "./fixes.ts";
import { validInput } from "./input.ts";
import { recordedMessages } from "./messages.ts";
import { runCase } from "./run.ts";

function changed(change: Case["change"]): Input {
  const input = validInput();
  change(input);
  return input;
}

describe("fixes of the battery's refusals, typed as they stand", () => {
  it("are read as a shell and the CLI do", () => {
    assert.deepEqual(segments(`existingSecrets["a/b"].c[0]["d\\"e"]`), ["existingSecrets", "a/b", "c", 0, 'd"e']);
    const text = [
      "The configuration has 2 problems.",
      "  a.b: is wrong",
      "    fix: one of them: pulumi config set --path 'a.b[\"c d\"]' -- -5 && pulumi config rm --path 'a.x'; or keep it",
      "  c: is missing",
      "    fix: pulumi config set --path 'c' <value>",
    ].join("\n");
    assert.deepEqual(typedFixes(text), [
      {
        problem: "  a.b: is wrong",
        commands: [
          { action: "set", path: ["a", "b", "c d"], value: -5 },
          { action: "rm", path: ["a", "x"], value: "" },
        ],
      },
    ]);
    const facts = { a: { b: {}, x: 1 } };
    for (const each of typedFixes(text)[0]?.commands ?? []) type(facts, each);
    assert.deepEqual(facts, { a: { b: { "c d": -5 } } });
  });

  let typed = 0;
  // That they are what is printed, the battery itself asserts.
  let refusals: ReadonlyMap<Case, string>;

  before(() => {
    refusals = recordedMessages(classes);
  });

  it("are those of every case", () => {
    const missing = classes.flatMap(({ cases }) => cases).filter((each) => !refusals.has(each));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  for (const { title, cases } of classes) {
    it(`solve their problem: ${title}`, async function () {
      // A case for each fix.
      this.timeout(300_000);
      for (const each of cases) {
        const { name, outcome, change } = each;
        // A case that writes its own YAML has no facts to change.
        if (outcome !== "refused" || changed(change).yaml !== undefined) continue;
        const refusal = refusals.get(each) ?? "";
        for (const { problem, commands } of typedFixes(refusal)) {
          typed += 1;
          const after = await runCase({
            change: (input) => {
              change(input);
              for (const command of commands) type(input.facts, command);
            },
          });
          const lines = after.text.split("\n");
          assert.ok(!lines.includes(problem), `${name}: the fix leaves the problem\n${refusal}\n\n${after.text}`);
          assert.notEqual(after.outcome, "crashed", after.text);
        }
      }
    });
  }

  after(() => {
    assert.ok(typed > 0, "no fix was typed");
  });
});
