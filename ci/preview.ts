import { listOf, objectOf, textOf, textsOf, type JsonObject } from "./json.ts";
import { maskValues } from "./mask.ts";

/** What a preview of one environment says, reduced to names: the one thing that the comment is made of. */
export interface Preview {
  /** Steps in the engine's order, without those of resources that stay as they are. */
  readonly steps: readonly Step[];
  /** Resources by operation, as the engine counts them. */
  readonly counts: Readonly<Record<string, number>>;
  /** Warnings and errors, values masked. */
  readonly diagnostics: readonly Diagnostic[];
  /** Whether the preview did not come to its end. */
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
 * `reducedPreview` wrote. Takes names alone: inputs, outputs, ids and configuration are not even looked at.
 */
export function readPreview(text: string): Preview {
  const document = parseDocument(text);
  if (document === undefined) return unreadable;
  const events = listOf(document).map(objectOf);
  return events.length > 0 ? fromEvents(events) : fromDocument(objectOf(document));
}

/** The preview as a document that `readPreview` reads again, with nothing in it that a comment may not show. */
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
  diagnostics: [{ severity: "error", text: "The preview wrote no JSON that can be read: see the log of its job." }],
  failed: true,
};

function parseDocument(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseLines(text);
  }
}

/** One event a line, as the engine streams them. A line that is cut off, or none, makes the whole unreadable. */
function parseLines(text: string): unknown {
  try {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return lines.length === 0 ? undefined : lines.map((line) => JSON.parse(line) as unknown);
  } catch {
    return undefined;
  }
}

function fromDocument(document: JsonObject): Preview {
  const steps = listOf(document["steps"]).map((each) => stepOf(objectOf(each)));
  const diagnostics = diagnosticsOf(listOf(document["diagnostics"]).map(objectOf));
  if (document["steps"] === undefined && document["changeSummary"] === undefined && diagnostics.length === 0) {
    return unreadable;
  }
  return {
    steps: steps.filter(changesSomething),
    counts: countsOf(objectOf(document["changeSummary"]), steps),
    diagnostics,
    failed: document["failed"] === true || document["maybeCorrupt"] === true || hasError(diagnostics),
  };
}

function fromEvents(events: readonly JsonObject[]): Preview {
  const steps = events.flatMap(({ resourcePreEvent }) =>
    resourcePreEvent === undefined ? [] : [stepOf(objectOf(objectOf(resourcePreEvent)["metadata"]))],
  );
  const diagnostics = diagnosticsOf(
    events.flatMap(({ diagnosticEvent }) => (diagnosticEvent === undefined ? [] : [objectOf(diagnosticEvent)])),
  );
  const summary = events.map(({ summaryEvent }) => summaryEvent).find((each) => each !== undefined);
  return {
    steps: steps.filter(changesSomething),
    counts: countsOf(objectOf(objectOf(summary)["resourceChanges"]), steps),
    diagnostics,
    // A preview that ended early has no summary.
    failed: summary === undefined || objectOf(summary)["maybeCorrupt"] === true || hasError(diagnostics),
  };
}

/** A step of the JSON document (`diffReasons`, `oldState`) or of an event (`diffs`, `keys`, `old`). */
function stepOf(step: JsonObject): Step {
  const old = objectOf(step["oldState"] ?? step["old"]);
  const detailed = Object.keys(objectOf(step["detailedDiff"]));
  const reasons = textsOf(step["diffReasons"] ?? step["diffs"]);
  return {
    op: textOf(step["op"]),
    urn: textOf(step["urn"]),
    changed: propertyNames(detailed.length > 0 ? detailed : reasons),
    replacedFor: propertyNames(textsOf(step["replaceReasons"] ?? step["keys"])),
    retained: old["retainOnDelete"] === true,
    protected: old["protect"] === true,
  };
}

function changesSomething({ op }: Step): boolean {
  return !["same", "read", "refresh"].includes(op);
}

/** A key of a map is part of a property's path, and somebody may keep a value in one. */
function propertyNames(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(maskValues))].sort();
}

function countsOf(summary: JsonObject, steps: readonly Step[]): Readonly<Record<string, number>> {
  const told = Object.entries(summary).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  if (told.length > 0) return Object.fromEntries(told);
  const counts = new Map<string, number>();
  for (const { op } of steps) counts.set(op, (counts.get(op) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function diagnosticsOf(entries: readonly JsonObject[]): readonly Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const { severity, message, ephemeral } of entries) {
    // Notes for people at a terminal and the debug log are no news to a reviewer. Ephemeral is what a plugin says of its
    // progress, of any severity; the engine leaves it out of its document, and not out of its events.
    if (ephemeral === true || (severity !== "warning" && severity !== "error")) continue;
    const text = maskValues(plainText(textOf(message)));
    if (text !== "") seen.set(text, { severity, text });
  }
  return [...seen.values()];
}

/** The engine colours its messages with `<{%fg 1%}>` marks, and begins them with the severity. */
function plainText(message: string): string {
  return message
    .replaceAll(/<\{%.*?%\}>/g, "")
    .replace(/^(?:error|warning): /, "")
    .trim();
}

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
