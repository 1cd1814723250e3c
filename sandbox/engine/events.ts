import { setTimeout } from "node:timers/promises";
import type { DiagnosticEvent, EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** What an operation of the engine did so far, and what it said. */
export class EventLog {
  /** Warnings and errors, each once, in order. */
  readonly diagnostics: { readonly severity: "warning" | "error"; readonly text: string }[] = [];
  /** What the program says it does to what exists, each once, in order. */
  readonly notes: string[] = [];
  /** Resources by what happened to them: `create`, `update`, `same`, … */
  readonly operations = new Map<string, number>();
  /** The stack's outputs, once the program has ended. A secret one is masked. */
  outputs: Readonly<Record<string, unknown>> | undefined;
  #finished = 0;
  #summary = Promise.withResolvers<void>();

  /** Takes an event; returns a short line about the state of things. */
  add(event: EngineEvent): string {
    const { diagnosticEvent, resOutputsEvent, resourcePreEvent, summaryEvent } = event;
    if (summaryEvent !== undefined) this.#summary.resolve();
    if (diagnosticEvent !== undefined) this.#diagnostic(diagnosticEvent);
    if (resOutputsEvent !== undefined) {
      this.#finished += 1;
      const { op, type, new: made } = resOutputsEvent.metadata;
      this.operations.set(op, (this.operations.get(op) ?? 0) + 1);
      // Typed as missing where a resource is deleted, and null.
      if (type === "pulumi:pulumi:Stack") this.outputs = made?.outputs;
    }
    const doing = resourcePreEvent?.metadata.urn.split("::").at(-1);
    return `${this.#finished} resources${doing === undefined ? "" : `, ${doing}`}`;
  }

  /** Waits for the last event of an operation that has succeeded; not for ever, should it have been lost. */
  async complete(milliseconds = 2_000): Promise<void> {
    const over = new AbortController();
    const timeout = setTimeout(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.#summary.promise, timeout]);
    over.abort(); // a timer that is left would keep the process from ending
  }

  /** Resources that were not already as they should be. */
  get changes(): number {
    return [...this.operations].reduce((sum, [op, count]) => (op === "same" || op === "read" ? sum : sum + count), 0);
  }

  // Ephemeral is what a plugin says of its progress, of any severity: the Kubernetes plugin "warns" so while it waits.
  #diagnostic({ severity, message, ephemeral = false }: DiagnosticEvent): void {
    const text = plainText(message);
    if (ephemeral || text === "") return;
    if (severity === "info" && !this.notes.includes(text)) this.notes.push(text);
    if (severity !== "warning" && severity !== "error") return;
    if (!this.diagnostics.some((each) => each.text === text)) this.diagnostics.push({ severity, text });
  }
}

/** The engine colours its messages with `<{%fg 1%}>` marks. */
function plainText(message: string): string {
  return message.replaceAll(/<\{%.*?%\}>/g, "").trimEnd();
}
