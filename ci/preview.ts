import { asList, asObject, asText, asTexts, type JsonObject } from "./json.ts";
import { maskValues } from "./mask.ts";

/** A preview of one environment, reduced to names: the only input of the comment. */
export interface Preview {
  /** Steps in the engine's order, without those of resources that stay as they are. */
  readonly steps: readonly Step[];
  /** Resources by operation, as the engine counts them. */
  readonly counts: Readonly<Record<string, number>>;
  /** Warnings and errors, values masked. */
  readonly diagnostics: readonly Diagnostic[];
  /** Whether the preview did not complete. */
  readonly failed: boolean;
}

export interface Step {
  /** The engine's operation: `create`, `update`, `replace`, `delete`, … */
  readonly op: string;
  readonly urn: string;
  /** Names of the properties that change. */
  readonly changed: readonly string[];
  /** Names of the properties that force a replacement. */
  readonly replacedFor: readonly string[];
  /** Whether the real object stays when the resource is deleted. */
  readonly retained: boolean;
  /** Whether the engine refuses to delete the resource. */
  readonly protected: boolean;
}

export interface Diagnostic {
  readonly severity: "warning" | "error";
  readonly text: string;
}

/**
 * Reads the output of `pulumi preview --json`, a stream of engine events (one JSON object a line, or a list), or what
 * `reducedPreview` wrote. Takes only names: inputs, outputs, ids and configuration are never read.
 */
export function readPreview(text: string): Preview {
  const document = parseDocument(text);
  if (document === undefined) return unreadable;
  const events = asList(document).map(asObject);
  return events.length > 0 ? fromEvents(events) : fromDocument(asObject(document));
}

/** Writes a preview as a document that `readPreview` reads, without anything that a comment may not show. */
export function reducedPreview({ steps, counts, diagnostics, failed }: Preview): string {
  return `${JSON.stringify(
    {
      changeSummary: counts,
      failed,
      steps: steps.map(({ op, urn, changed, replacedFor, retained, protected: isProtected }) => ({
        op,
        urn,
        diffReasons: changed,
        replaceReasons: replacedFor,
        oldState: { retainOnDelete: retained, protect: isProtected },
      })),
      diagnostics: diagnostics.map(({ severity, text }) => ({ severity, message: text })),
    },
    undefined,
    2,
  )}\n`;
}

const unreadable: Preview = {
  steps: [],
  counts: {},
  diagnostics: [{ severity: "error", text: "The preview produced no readable JSON: see the log of its job." }],
  failed: true,
};

function parseDocument(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseLines(text);
  }
}

/** One event per line, as the engine streams them. A truncated line, or none at all, makes the whole unreadable. */
function parseLines(text: string): unknown {
  try {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return lines.length === 0 ? undefined : lines.map((line) => JSON.parse(line) as unknown);
  } catch {
    return undefined;
  }
}

function fromDocument(document: JsonObject): Preview {
  const steps = asList(document["steps"]).map((each) => parseStep(asObject(each)));
  const diagnostics = parseDiagnostics(asList(document["diagnostics"]).map(asObject));
  if (document["steps"] === undefined && document["changeSummary"] === undefined && diagnostics.length === 0) {
    return unreadable;
  }
  return {
    steps: steps.filter(changesSomething),
    counts: parseCounts(asObject(document["changeSummary"]), steps),
    diagnostics,
    failed: document["failed"] === true || document["maybeCorrupt"] === true || hasError(diagnostics),
  };
}

function fromEvents(events: readonly JsonObject[]): Preview {
  const steps = events.flatMap(({ resourcePreEvent }) =>
    resourcePreEvent === undefined ? [] : [parseStep(asObject(asObject(resourcePreEvent)["metadata"]))],
  );
  const diagnostics = parseDiagnostics(
    events.flatMap(({ diagnosticEvent }) => (diagnosticEvent === undefined ? [] : [asObject(diagnosticEvent)])),
  );
  const summary = events.map(({ summaryEvent }) => summaryEvent).find((each) => each !== undefined);
  return {
    steps: steps.filter(changesSomething),
    counts: parseCounts(asObject(asObject(summary)["resourceChanges"]), steps),
    diagnostics,
    // A preview that ended early has no summary.
    failed: summary === undefined || asObject(summary)["maybeCorrupt"] === true || hasError(diagnostics),
  };
}

/** A step of the JSON document (`diffReasons`, `oldState`) or of an event (`diffs`, `keys`, `old`). */
function parseStep(step: JsonObject): Step {
  const old = asObject(step["oldState"] ?? step["old"]);
  const detailed = Object.keys(asObject(step["detailedDiff"]));
  const reasons = asTexts(step["diffReasons"] ?? step["diffs"]);
  return {
    op: asText(step["op"]),
    urn: asText(step["urn"]),
    changed: propertyNames(detailed.length > 0 ? detailed : reasons),
    replacedFor: propertyNames(asTexts(step["replaceReasons"] ?? step["keys"])),
    retained: old["retainOnDelete"] === true,
    protected: old["protect"] === true,
  };
}

function changesSomething({ op }: Step): boolean {
  return !["same", "read", "refresh"].includes(op);
}

/** A property path contains map keys, and a map key may itself be a secret value. */
function propertyNames(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(maskValues))].sort();
}

function parseCounts(summary: JsonObject, steps: readonly Step[]): Readonly<Record<string, number>> {
  const reported = Object.entries(summary).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  if (reported.length > 0) return Object.fromEntries(reported);
  const counts = new Map<string, number>();
  for (const { op } of steps) counts.set(op, (counts.get(op) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function parseDiagnostics(entries: readonly JsonObject[]): readonly Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const { severity, message, ephemeral } of entries) {
    // A reviewer needs neither informational messages nor the debug log. Ephemeral messages report a plugin's progress, at
    // any severity; the engine omits them from its document, but not from its events.
    if (ephemeral === true || (severity !== "warning" && severity !== "error")) continue;
    const text = maskValues(plainText(asText(message)));
    if (text !== "") seen.set(text, { severity, text });
  }
  return [...seen.values()];
}

/** Removes the engine's colour marks, such as `<{%fg 1%}>`, and the severity at the start. */
function plainText(message: string): string {
  return message
    .replaceAll(/<\{%.*?%\}>/g, "")
    .replace(/^(?:error|warning): /, "")
    .trim();
}

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
