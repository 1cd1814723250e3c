import assert from "node:assert/strict";
import { readPreview, reducedPreview } from "../../ci/preview.ts";
import { emptyPreview, fixtureText, step } from "./fixtures.ts";

describe("reading a preview", () => {
  const rotation = readPreview(fixtureText("rotation.json"));

  it("takes operations, names of resources and of properties from the document of --json", () => {
    assert.deepEqual(rotation.counts, { create: 1, delete: 1, same: 120, update: 1 });
    assert.deepEqual(
      rotation.steps.map(({ op, urn, changed }) => [op, urn.split("::").at(-1), ...changed]),
      [
        ["create", "mlflow/db-password/password@2026-12-01"],
        ["update", "mlflow/db-password/vault", "dataJson"],
        ["delete", "mlflow/db-password/password"],
      ],
    );
    assert.equal(rotation.failed, false);
  });

  it("takes the same from the engine's events", () => {
    assert.deepEqual(readPreview(fixtureText("rotation.events.jsonl")), rotation);
    const list = fixtureText("rotation.events.jsonl").trim().split("\n").join(",");
    assert.deepEqual(readPreview(`[${list}]`), rotation);
  });

  it("leaves the debug log of the events out", () => {
    assert.match(fixtureText("rotation.events.jsonl"), /"severity":"debug"/);
    assert.deepEqual(rotation.diagnostics, []);
  });

  it("knows a refused preview as failed, with its message and without its severity", () => {
    const { failed, diagnostics } = readPreview(fixtureText("refused.json"));
    assert.equal(failed, true);
    assert.equal(diagnostics.length, 1);
    assert.match(
      diagnostics[0]?.text ?? "",
      /^Environment "sandbox" was refused: 11 problems\. Nothing was changed\.\n/,
    );
  });

  it("reads what it wrote itself, to the same", () => {
    for (const name of ["rotation.json", "refused.json", "replacement.json", "first-preview.json"] as const) {
      const preview = readPreview(fixtureText(name));
      assert.deepEqual(readPreview(reducedPreview(preview)), preview);
    }
  });

  it("keeps whether an object is retained or protected", () => {
    const preview = emptyPreview({ steps: [step("delete", "a:b:C", "x", { retained: true, protected: true })] });
    assert.deepEqual(readPreview(reducedPreview(preview)), preview);
  });

  for (const [what, text] of [
    ["nothing", ""],
    ["no JSON", "error: no credentials"],
    ["JSON that is cut off", '{"steps": [{"op": "create"'],
    ["other JSON", '{"hello": "world"}'],
    ["a text", '"steps"'],
    ["a list of nothing", "[]"],
  ] as const) {
    it(`takes ${what} for a failed preview`, () => {
      assert.deepEqual(readPreview(text), {
        steps: [],
        counts: {},
        diagnostics: [{ severity: "error", text: "The preview produced no readable JSON: see the log of its job." }],
        failed: true,
      });
    });
  }

  it("takes events without a summary for a failed preview", () => {
    const lines = fixtureText("rotation.events.jsonl").split("\n");
    assert.equal(readPreview(lines.filter((line) => !line.includes("summaryEvent")).join("\n")).failed, true);
  });

  it("keeps each message once, and no note for people at a terminal", () => {
    const diagnostics = [
      { severity: "warning", message: "<{%fg 3%}>warning: old rule<{%reset%}>\n" },
      { severity: "warning", message: "warning: old rule" },
      { severity: "info", message: "hello" },
      { severity: "info#err", message: "hello" },
    ];
    assert.deepEqual(readPreview(JSON.stringify({ changeSummary: { same: 1 }, diagnostics })), {
      ...emptyPreview(),
      counts: { same: 1 },
      diagnostics: [{ severity: "warning", text: "old rule" }],
    });
  });

  it("takes no progress of a plugin for a message, in a document or a stream, and no failure for it", () => {
    const passing = { severity: "error", message: "Has no .status.conditions", ephemeral: true };
    const expected = { ...emptyPreview(), counts: { same: 1 } };
    const document = { changeSummary: { same: 1 }, diagnostics: [passing] };
    assert.deepEqual(readPreview(JSON.stringify(document)), expected);
    const events = [{ diagnosticEvent: passing }, { summaryEvent: { resourceChanges: { same: 1 } } }];
    assert.deepEqual(readPreview(events.map((each) => JSON.stringify(each)).join("\n")), expected);
  });
});
