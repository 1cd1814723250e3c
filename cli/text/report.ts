import Table from "cli-table3";
import { printable, printableLine } from "../../components/support/messages/printable.ts";
import type { Report } from "../../operations/report/schema.ts";
import {
  ageText,
  consumerText,
  daysText,
  dueText,
  hasSeveralClusters,
  previousLines,
  storeText,
  summary,
  untold,
} from "../../operations/report/words.ts";

/** The report as people read it: a line on the whole, a table, and what to do about what is overdue. */
export function reportText(report: Report): string {
  const blocks = [
    summary(report),
    secretsTable(report),
    overdueText(report),
    previousText(report),
    unknownText(report),
  ];
  return `${blocks.filter((each) => each !== "").join("\n\n")}\n`;
}

function secretsTable({ secrets }: Report): string {
  if (secrets.length === 0) return "";
  const withCluster = hasSeveralClusters(secrets);
  const table = new Table({
    head: ["secret", "age", "every", "due", "stores", "delivered to", "USD/month"],
    colAligns: ["left", "left", "right", "left", "left", "left", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const { id, rotation, stores, consumers, monthlyCost } of secrets) {
    table.push([
      printableLine(id),
      ageText(rotation),
      rotation.everyDays === undefined ? "" : daysText(rotation.everyDays),
      dueText(rotation),
      stores.map(storeText).join("\n"),
      consumers.map((each) => consumerText(each, { withCluster })).join("\n"),
      monthlyCost.total,
    ]);
  }
  return table.toString();
}

function overdueText({ secrets }: Report): string {
  const overdue = secrets.flatMap(({ id, rotation: { fix } }) =>
    fix === undefined ? [] : [`  ${printableLine(id)}: ${printable(fix)}`],
  );
  return overdue.length === 0 ? "" : ["Overdue:", ...overdue].join("\n");
}

function previousText(report: Report): string {
  const lines = previousLines(report);
  return lines.length === 0 ? "" : ["Previous values:", ...lines.map((each) => `  ${each}`)].join("\n");
}

function unknownText(report: Report): string {
  return untold(report)
    .flatMap(({ title, lines }) => [`${title}:`, ...lines.map((each) => `  ${each}`)])
    .join("\n");
}
