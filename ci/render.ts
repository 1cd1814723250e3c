import { changeCount, countTotals, type Totals } from "./changes.ts";
import { costText, type CostChange } from "./cost.ts";
import { code, plural, table } from "./markdown.ts";
import type { Preview } from "./preview.ts";
import { environmentSection, type Limits } from "./section.ts";

/** A stack of the comment: an environment, or a part of one. */
export interface Environment {
  readonly name: string;
  /** The environment whose part it is: they have a row together. Default: it is no part. */
  readonly partOf?: string;
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

/** An environment with all its parts. */
interface Row {
  readonly name: string;
  readonly stacks: readonly Environment[];
}

/** Environments in their order, each with its parts. */
function rowsOf(environments: readonly Environment[]): readonly Row[] {
  const rows = new Map<string, Environment[]>();
  for (const each of environments) {
    const name = each.partOf ?? each.name;
    rows.set(name, [...(rows.get(name) ?? []), each]);
  }
  return [...rows].map(([name, stacks]) => ({ name, stacks }));
}

/** Of all stacks together. One without any estimate leaves the sum unknown; a side that only a new stack lacks costs nothing. */
function costOf(stacks: readonly Environment[]): CostChange | undefined {
  const costs = stacks.map(({ cost }) => cost);
  const known = costs.filter((each) => each !== undefined);
  if (known.length < costs.length) return undefined;
  const sum = (side: keyof CostChange) => {
    const amounts = known.flatMap((each) => each[side] ?? []);
    return amounts.length === 0 ? {} : { [side]: amounts.reduce((total, each) => total + each, 0) };
  };
  return { ...sum("before"), ...sum("after") };
}

function totalsOf(stacks: readonly Environment[]): Totals {
  const all = stacks.map(({ preview }) => countTotals(preview));
  const sum = (column: keyof Totals) => all.reduce((total, each) => total + each[column], 0);
  return {
    create: sum("create"),
    update: sum("update"),
    replace: sum("replace"),
    delete: sum("delete"),
    unchanged: sum("unchanged"),
    other: sum("other"),
  };
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
    rowsOf(environments).map(({ name, stacks }) => {
      const failed = stacks.some(({ preview }) => preview.failed);
      const cost = costOf(stacks);
      return [
        `${failed ? "❌ " : ""}${code(name)}${stacks.length > 1 ? `, ${stacks.length} stacks` : ""}`,
        ...numbers(totalsOf(stacks), withOther),
        ...(withCost ? [cost === undefined ? "unknown" : costText(cost)] : []),
      ];
    }),
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
