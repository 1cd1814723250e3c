import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** What an operation of the engine did so far, and what it said. */
export class EventLog {
  /** Warnings and errors, each once, in order. */
  readonly diagnostics: { readonly severity: "warning" | "error"; readonly text: string }[] = [];
  /** Resources by what happened to them: `create`, `update`, `same`, … */
  readonly operations = new Map<string, number>();
  #finished = 0;

  /** Takes an event; returns a short line about the state of things. */
  add(event: EngineEvent): string {
    const { diagnosticEvent, resOutputsEvent, resourcePreEvent } = event;
    if (diagnosticEvent !== undefined) this.#diagnostic(diagnosticEvent.severity, diagnosticEvent.message);
    if (resOutputsEvent !== undefined) {
      this.#finished += 1;
      const { op } = resOutputsEvent.metadata;
      this.operations.set(op, (this.operations.get(op) ?? 0) + 1);
    }
    const doing = resourcePreEvent?.metadata.urn.split("::").at(-1);
    return `${this.#finished} resources${doing === undefined ? "" : `, ${doing}`}`;
  }

  /** Resources that were not already as they should be. */
  get changes(): number {
    return [...this.operations].reduce((sum, [op, count]) => (op === "same" || op === "read" ? sum : sum + count), 0);
  }

  #diagnostic(severity: string, message: string): void {
    if (severity !== "warning" && severity !== "error") return;
    const text = plainText(message);
    if (text === "" || this.diagnostics.some((each) => each.text === text)) return;
    this.diagnostics.push({ severity, text });
  }
}

/** The engine colours its messages with `<{%fg 1%}>` marks. */
function plainText(message: string): string {
  return message.replaceAll(/<\{%.*?%\}>/g, "").trimEnd();
}
