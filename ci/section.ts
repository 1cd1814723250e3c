import { changeCount, groupChanges, countTotals, type Change, type Rotation } from "./changes.ts";
import { block, code, codes, folded, plural } from "./markdown.ts";
import type { Diagnostic, Preview } from "./preview.ts";

/** How much of an environment is shown. */
export interface Limits {
  /** Entries of each list. */
  readonly names: number;
  /** Characters of each message. */
  readonly message: number;
  /** Messages of each severity. */
  readonly messages: number;
}

/** The part of the comment about one environment. */
export interface Section {
  readonly text: string;
  /** Number of entries and messages left out because of the limits. */
  readonly leftOut: number;
}

/** Renders the changes of one environment: errors first, then rotations, replacements and deletions, then the rest. */
export function environmentSection(name: string, preview: Preview, limits: Limits): Section {
  const changes = groupChanges(preview);
  const said = (severity: Diagnostic["severity"]) => preview.diagnostics.filter((each) => each.severity === severity);
  const parts = [
    messages("❌ Errors", said("error"), limits, true),
    rotations(changes.rotated, limits),
    list("⚠ Replaced: deleted and recreated", changes.replaced, limits, whyReplaced),
    list("⚠ Deleted", changes.deleted, limits, whyDeleted),
    list("⚠ Unknown operations", changes.other, limits, ({ step }) => code(step.op)),
    foldedList("created", changes.created, limits, () => ""),
    foldedList("updated", changes.updated, limits, properties),
    messages("Warnings", said("warning"), limits, false),
  ].filter(({ text }) => text !== "");
  if (parts.length === 0 && changeCount(countTotals(preview)) === 0) return { text: "", leftOut: 0 };
  return {
    text: [`### ${code(name)}`, ...parts.map(({ text }) => text)].join("\n\n"),
    leftOut: parts.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}

const nothing: Section = { text: "", leftOut: 0 };

function rotations(rotated: readonly Rotation[], limits: Limits): Section {
  if (rotated.length === 0) return nothing;
  const lines = withRest(
    rotated
      .slice(0, limits.names)
      .map(
        ({ value, from, to }) => `- ${code(value)}: ${from === undefined ? "initial value" : code(from)} → ${code(to)}`,
      ),
    rotated.length - limits.names,
  );
  const title = `**⚠ Rotated: ${plural(rotated.length, "value")}.** Each old value is deleted once its replacement is in place.`;
  return { text: [title, lines.text].join("\n\n").trimEnd(), leftOut: lines.leftOut };
}

function list(title: string, changes: readonly Change[], limits: Limits, detail: Detail): Section {
  if (changes.length === 0) return nothing;
  const lines = grouped(changes, limits.names, detail);
  return { text: [`**${title} (${changes.length})**`, lines.text].join("\n\n").trimEnd(), leftOut: lines.leftOut };
}

function foldedList(what: string, changes: readonly Change[], limits: Limits, detail: Detail): Section {
  if (changes.length === 0) return nothing;
  const lines = grouped(changes, limits.names, detail);
  return { text: folded(`${changes.length} ${what}`, lines.text), leftOut: lines.leftOut };
}

/** Text about a change beside its name; empty for none. */
type Detail = (change: Change) => string;

/** One line per type and detail, with the names of the resources. */
function grouped(changes: readonly Change[], most: number, detail: Detail): Section {
  const groups = new Map<string, string[]>();
  for (const change of changes.slice(0, most)) {
    const said = detail(change);
    const head = said === "" ? code(change.type) : `${code(change.type)}, ${said}`;
    groups.set(head, [...(groups.get(head) ?? []), change.name]);
  }
  const lines = [...groups].map(([head, names]) => `- ${head}: ${codes(names)}`);
  return withRest(lines, changes.length - most);
}

function withRest(lines: readonly string[], rest: number): Section {
  const leftOut = Math.max(0, rest);
  return { text: [...lines, ...(leftOut === 0 ? [] : [`- … and ${leftOut} more`])].join("\n"), leftOut };
}

function messages(title: string, entries: readonly Diagnostic[], limits: Limits, open: boolean): Section {
  if (entries.length === 0) return nothing;
  const blocks = entries.slice(0, limits.messages).map(({ text }) => block(text, limits.message));
  const leftOut = entries.length - blocks.length;
  const body = [...blocks, ...(leftOut === 0 ? [] : [`… and ${leftOut} more`])].join("\n\n");
  return {
    text: open ? `**${title} (${entries.length})**\n\n${body}` : folded(`${title} (${entries.length})`, body),
    leftOut,
  };
}

function properties({ step: { changed } }: Change): string {
  return changed.length === 0 ? "" : codes(changed);
}

function whyReplaced(change: Change): string {
  const { replacedFor } = change.step;
  const why = replacedFor.length === 0 ? "because a dependency is replaced" : `because of ${codes(replacedFor)}`;
  return `${why}${fate(change)}`;
}

function whyDeleted(change: Change): string {
  return `no longer in the program${fate(change)}`;
}

/** What happens to the real object. */
function fate({ step }: Change): string {
  if (step.protected) return " (**protected: the update will fail**)";
  return step.retained ? " (the object stays, but is no longer managed)" : "";
}
