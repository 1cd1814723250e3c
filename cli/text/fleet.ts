import Table from "cli-table3";
import { printable, printableLine } from "../../components/support/messages/printable.ts";
import { EXIT } from "../exit-codes.ts";
import type { Result } from "../frame.ts";
import {
  isDone,
  type FleetPlan,
  type FleetReport,
  type FleetStore,
  type PartResult,
} from "../../operations/fleet/model.ts";
import type { MoveReport } from "../../operations/fleet/move.ts";

/** Applications of one line: more are counted. */
const mostNames = 6;

/** How an environment is spread over stacks, as people read it. */
export function fleetPlanText(plan: FleetPlan): string {
  const { environment, parts, added, removed, written } = plan;
  const isOne = parts.length === 1;
  const table = new Table({ head: ["Part", "Stack", "Resources", "Applications"], style: { head: [], border: [] } });
  for (const { part, stack, resources, applications } of parts) {
    table.push([part, stack, `about ${resources}`, namesText(applications)]);
  }
  const news = Object.entries(added).map(([app, part]) => `  ${printableLine(app)} → ${part}`);
  const blocks = [
    isOne ? `${environment} is one stack.` : `${environment} is ${parts.length} stacks.`,
    table.toString(),
    storesText(plan.stores),
    news.length === 0 ? "" : [written ? "Given a part:" : "Would get a part:", ...news].join("\n"),
    removed.length === 0 ? "" : `Not run any more: ${removed.map(printableLine).join(", ")}`,
    written
      ? `Pulumi.${environment}.yaml is written, and each part has a link to it: commit them, then npx secrets fleet up ${environment}`
      : news.length + removed.length === 0
        ? ""
        : `Nothing was changed. To write it: npx secrets fleet plan ${environment} --write`,
  ];
  return `${blocks.filter((each) => each !== "").join("\n\n")}\n`;
}

/** What the parts ask of each store, beside what it takes. */
function storesText(stores: readonly FleetStore[]): string {
  if (stores.length === 0) return "";
  const head = ["Store", "Objects", "Reads a second", "At most", "Quota", "First up"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { store, kind, objects, readsPerSecond, burstReadsPerSecond, readQuota, firstUpSeconds } of stores) {
    const mean = readsPerSecond > 0 && readsPerSecond < 0.1 ? "< 0.1" : readsPerSecond.toFixed(1);
    const first = firstUpSeconds === 0 ? "-" : `${firstUpSeconds} s or more`;
    table.push([`${printableLine(store)} (${kind})`, objects, mean, burstReadsPerSecond, readQuota ?? "-", first]);
  }
  return table.toString();
}

function namesText(applications: readonly string[]): string {
  if (applications.length === 0) return "-";
  const shown = applications.slice(0, mostNames).map(printableLine).join(", ");
  return applications.length > mostNames ? `${shown} and ${applications.length - mostNames} more` : shown;
}

/** The summary of a run with its exit code. */
export function fleetResult(report: FleetReport, interrupted: boolean): Result {
  const stopped = interrupted || report.parts.some(({ outcome }) => outcome === "interrupted");
  const code = isDone(report) ? EXIT.done : stopped ? EXIT.interrupted : EXIT.failed;
  return { text: () => fleetReportText(report), data: report, code };
}

const words = { up: "deployed", preview: "previewed", destroy: "destroyed" } as const;

/** What became of each part, and what each that failed said. */
export function fleetReportText({ environment, action, parts }: FleetReport): string {
  const table = new Table({ head: ["Part", "Stack", "Outcome", "Changes", "Time"], style: { head: [], border: [] } });
  for (const each of parts) {
    const time = each.outcome === "skipped" ? "-" : `${each.seconds.toFixed(1)} s`;
    table.push([each.part, each.stack, each.outcome, changesText(each), time]);
  }
  const done = parts.filter(({ outcome }) => outcome === "done").length;
  const said = parts.flatMap(({ stack, message }) =>
    message === undefined ? [] : [`${stack}:\n${printable(message).replaceAll(/^/gm, "  ")}`],
  );
  const again = done === parts.length ? [] : [`Run the same command again to finish: what is done is not done twice.`];
  return `${[...said, table.toString(), `${environment}: ${done} of ${parts.length} ${parts.length === 1 ? "stack" : "stacks"} ${words[action]}.`, ...again].join("\n\n")}\n`;
}

/** `3 create, 1 update, 40 same`. */
function changesText({ changes }: PartResult): string {
  const counted = Object.entries(changes).filter(([, count]) => count > 0);
  return counted.length === 0 ? "-" : counted.map(([name, count]) => `${count} ${name}`).join(", ");
}

/** What was moved, and what comes next. */
export function moveText({ environment, applications, from, to, resources, outcome }: MoveReport): string {
  const names = applications.map(printableLine).join(", ");
  switch (outcome) {
    case "nothing":
      return `${names}: in part ${to} already.\n`;
    case "planned":
      return `${names}: ${resources} resources would move from part ${from} to ${to}, without a change in any store or cluster. Nothing was changed.\n`;
    case "moved":
      return (
        `${names}: moved from part ${from} to ${to}, ${resources} resources. No store and no cluster was changed.\n\n` +
        `Commit Pulumi.${environment}.yaml before anybody deploys: with the file of before, both parts are refused. ` +
        `The next npx secrets fleet up ${environment} writes the name of the new stack to what was moved.\n`
      );
  }
}
