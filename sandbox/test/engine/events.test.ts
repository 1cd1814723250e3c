import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { EventLog } from "../../engine/events.ts";

/** An event as the engine sends it, as far as it is looked at. */
const event = (parts: object): EngineEvent => ({ sequence: 1, timestamp: 1, ...parts });
const diagnostic = (severity: string, message: string) =>
  event({ diagnosticEvent: { severity, message, color: "raw" } });
const done = (op: string) => event({ resOutputsEvent: { metadata: { op, urn: "urn:pulumi:s::p::t::a" } } });

describe("log of the engine's events", () => {
  it("tells what is under way, and how much is done", () => {
    const log = new EventLog();
    const started = event({ resourcePreEvent: { metadata: { op: "create", urn: "urn:pulumi:s::p::t::shop/db" } } });
    assert.equal(log.add(started), "0 resources, shop/db");
    assert.equal(log.add(done("create")), "1 resources");
  });

  it("counts what happened, and what of it was a change", () => {
    const log = new EventLog();
    for (const op of ["create", "create", "same", "read", "update", "delete"]) log.add(done(op));
    assert.deepEqual(Object.fromEntries(log.operations), { create: 2, same: 1, read: 1, update: 1, delete: 1 });
    assert.equal(log.changes, 4);
  });

  it("has no change where everything was as it should be", () => {
    const log = new EventLog();
    for (const op of ["same", "same", "read"]) log.add(done(op));
    assert.equal(log.changes, 0);
  });

  it("is complete with the summary, and not before", async () => {
    const log = new EventLog();
    let complete = false;
    // Longer than a test may last: only the summary can end this.
    const waiting = log.complete(600_000).then(() => (complete = true));
    log.add(done("create"));
    await new Promise(setImmediate);
    assert.equal(complete, false);
    log.add(event({ summaryEvent: { resourceChanges: {} } }));
    await waiting;
    await log.complete(600_000);
  });

  it("does not wait for ever for a summary that was lost", async () => {
    await new EventLog().complete(1);
  });

  it("keeps warnings and errors, each once, in order, without the engine's colours", () => {
    const log = new EventLog();
    log.add(diagnostic("info", "a piece of news"));
    log.add(diagnostic("debug", "a detail"));
    log.add(diagnostic("warning", "<{%fg 11%}>careful<{%reset%}>\n"));
    log.add(diagnostic("error", "<{%reset%}>broken\n  fix: mend it<{%reset%}>\n"));
    log.add(diagnostic("warning", "careful"));
    log.add(diagnostic("error", "<{%reset%}>\n"));
    log.add(diagnostic("info", "a piece of news\n"));
    assert.deepEqual(log.notes, ["a piece of news"]);
    assert.deepEqual(log.diagnostics, [
      { severity: "warning", text: "careful" },
      { severity: "error", text: "broken\n  fix: mend it" },
    ]);
  });

  it("leaves out what a plugin says of its progress, whatever severity it gives it", () => {
    const log = new EventLog();
    for (const severity of ["warning", "error"]) {
      log.add(event({ diagnosticEvent: { severity, message: `passing ${severity}`, color: "raw", ephemeral: true } }));
    }
    log.add(event({ diagnosticEvent: { severity: "warning", message: "careful", color: "raw", ephemeral: false } }));
    assert.deepEqual(log.diagnostics, [{ severity: "warning", text: "careful" }]);
  });
});
