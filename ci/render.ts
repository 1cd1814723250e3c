import { changeCount, countTotals, type Totals } from "./changes.ts";
import { costText, type CostChange } from "./cost.ts";
import { code, plural, table } from "./markdown.ts";
import type { Preview } from "./preview.ts";
import { environmentSection, type Limits } from "./section.ts";

/** One environment of the comment. */
export interface Environment {
  readonly name: string;
  readonly preview: Preview;
  readonly cost?: CostChange;
}

/** What the comment reports: the preview of a pull request, or the nightly drift check. */
export type Kind = "preview" | "drift";

/** First line of each comment, which GitHub does not show. The next run finds the comment to overwrite by it. */
export const markers: Readonly<Record<Kind, string>> = {
  preview: "<!-- multicloud-secrets: preview -->",
  drift: "<!-- multicloud-secrets: drift -->",
};

/** Longest body of a comment or issue that GitHub allows. Counted in bytes, which are never fewer than characters. */
export const maximumBytes = 65_536;

/** From everything to almost nothing. The first step that fits is used. */
const steps: readonly Limits[] = [
  { names: 200, message: 6_000, messages: 20 },
  { names: 50, message: 3_000, messages: 10 },
  { names: 15, message: 1_000, messages: 5 },
  { names: 5, message: 300, messages: 2 },
  { names: 0, message: 0, messages: 0 },
];

/** Renders the whole comment. Pure: the same previews give the same text. */
export function renderComment(environments: readonly Environment[], kind: Kind = "preview"): string {
  for (const limits of steps) {
    const text = comment(environments, kind, limits);
    if (Buffer.byteLength(text) <= maximumBytes) return text;
  }
  // Reached only with hundreds of environments.
  return [markers[kind], `## ${titles[kind]}`, summary(environments), tooLong].join("\n\n") + "\n";
}

const titles: Readonly<Record<Kind, string>> = { preview: "Preview of the environments", drift: "Drift" };

const tooLong =
  "The rest is left out: GitHub allows 65,536 characters. The artifact of each environment's job holds all of it.";

function comment(environments: readonly Environment[], kind: Kind, limits: Limits): string {
  const sections = environments.map(({ name, preview }) => environmentSection(name, preview, limits));
  const left = sections.reduce((sum, { leftOut }) => sum + leftOut, 0);
  const parts = [
    markers[kind],
    `## ${titles[kind]}`,
    summary(environments),
    overview(environments),
    ...sections.map(({ text }) => text),
    ...(left === 0
      ? []
      : [
          `_${plural(left, "entry is", "entries are")} left out: GitHub allows 65,536 characters. ` +
            "The artifact of each environment's job holds all of it._",
        ]),
    "_Names only: this comment is written without reading the value of any secret, input or output._",
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function summary(environments: readonly Environment[]): string {
  const failed = environments.filter(({ preview }) => preview.failed).length;
  const changes = environments.reduce((sum, { preview }) => sum + changeCount(countTotals(preview)), 0);
  const loud = environments.reduce(
    (sum, { preview }) => sum + countTotals(preview).replace + countTotals(preview).delete,
    0,
  );
  return [
    ...(failed === 0 ? [] : [`❌ **${plural(failed, "preview")} failed.**`]),
    changes === 0 ? "No resource changes." : `${plural(changes, "resource changes", "resources change")}.`,
    ...(loud === 0 ? [] : [`⚠ ${loud} of them ${loud === 1 ? "is" : "are"} replaced or deleted.`]),
  ].join(" ");
}

/** A row per environment. */
function overview(environments: readonly Environment[]): string {
  const withCost = environments.some(({ cost }) => cost !== undefined);
  const withOther = environments.some(({ preview }) => countTotals(preview).other > 0);
  const head = [
    "Environment",
    "Create",
    "Update",
    "Replace",
    "Delete",
    ...(withOther ? ["Other"] : []),
    "Unchanged",
    ...(withCost ? ["Monthly cost"] : []),
  ];
  return table(
    head,
    environments.map(({ name, preview, cost }) => [
      `${preview.failed ? "❌ " : ""}${code(name)}`,
      ...numbers(countTotals(preview), withOther),
      ...(withCost ? [cost === undefined ? "unknown" : costText(cost)] : []),
    ]),
  );
}

function numbers(totals: Totals, withOther: boolean): readonly string[] {
  return [
    String(totals.create),
    String(totals.update),
    loud(totals.replace),
    loud(totals.delete),
    ...(withOther ? [loud(totals.other)] : []),
    String(totals.unchanged),
  ];
}

function loud(count: number): string {
  return count === 0 ? "0" : `⚠ **${count}**`;
}
