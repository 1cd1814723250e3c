import Table from "cli-table3";
import { classes } from "./classes/index.ts";
import { faultsOf } from "./faults.ts";
import { runCase } from "./run.ts";

/** `npm run battery`: what came of each class of odd input, counted. */
const columns = ["right", "accepted, must be refused", "refused, must be accepted", "at fault"] as const;

const table = new Table({ head: ["class", "cases", ...columns], style: { head: [], border: [] } });
const total = [0, 0, 0, 0, 0];
for (const { title, cases } of classes) {
  const counts = new Map<(typeof columns)[number], number>();
  for (const each of cases) {
    const result = await runCase(each);
    const column = faultsOf(result).length > 0 ? "at fault" : columnOf(each.outcome, result.outcome);
    counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  const row = [cases.length, ...columns.map((column) => counts.get(column) ?? 0)];
  row.forEach((count, index) => (total[index] = (total[index] ?? 0) + count));
  table.push([title, ...row]);
}
table.push(["all", ...total]);
process.stdout.write(`${table.toString()}\n`);
process.exitCode = total[0] === total[1] ? 0 : 1;

function columnOf(expected: string, actual: string): (typeof columns)[number] {
  if (expected === actual) return "right";
  return actual === "accepted" ? "accepted, must be refused" : "refused, must be accepted";
}
