import Table from "cli-table3";
import { printableLine } from "../../components/support/messages/printable.ts";
import type { FoundKey, FoundSecret, Reading } from "../../operations/migrate/model.ts";
import { leftText, problemsText, section } from "./plan.ts";
import { EXIT } from "../exit-codes.ts";
import type { Result } from "../frame.ts";

export function readingResult(found: Reading): Result {
  return { text: () => readingText(found), data: found, code: found.issues.length > 0 ? EXIT.refused : EXIT.done };
}

/** What sources hold, as a table; then what was left, and what keeps a source from being read. No value. */
export function readingText({ secrets, stores, left, issues }: Reading): string {
  const blocks = [
    secrets.length === 0 ? "No secrets were found." : secretsTable(secrets),
    section(
      "Stores that they are in:",
      stores.map(({ id, facts, missing }) => {
        const known = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
        return `${id} (${known.join(", ")})${missing.length === 0 ? "" : `, to be added: ${missing.join(", ")}`}`;
      }),
    ),
    leftText(left),
    problemsText(issues),
  ];
  return `${blocks.filter((each) => each !== "").join("\n\n")}\n`;
}

function secretsTable(secrets: readonly FoundSecret[]): string {
  const table = new Table({ head: ["source", "Secret", "keys", "value"], style: { head: [], border: [] } });
  for (const { at, target, keys } of secrets) {
    const name = target === undefined ? "" : `${target.namespace ?? "?"}/${target.name}`;
    table.push([
      printableLine(at.file),
      printableLine(name),
      keys.map((each) => printableLine(each.name)).join("\n"),
      keys.map(valueOf).join("\n"),
    ]);
  }
  return table.toString();
}

function valueOf({ value, remote }: FoundKey): string {
  if (value !== undefined) return "here";
  return remote === undefined ? "not in this source" : printableLine(`${remote.store}: ${remote.name}`);
}
