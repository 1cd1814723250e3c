import Table from "cli-table3";
import { printableLine } from "../../components/support/messages/printable.ts";
import { placeText, type FoundKey, type FoundSecret, type Reading } from "../../operations/migrate/model.ts";

/** Most problems that are shown: of a file that is something else, every line is one. */
const most = 20;

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
    section(
      "Left where it is:",
      left.map(({ at, what, reason }) => `${placeText(at)}: ${what}: ${reason}`),
    ),
    section(
      "Problems:",
      issues
        .slice(0, most)
        .flatMap(({ path, problem, fix }) => [`${path}: ${problem}`, ...(fix === undefined ? [] : [`  fix: ${fix}`])])
        .concat(issues.length > most ? [`and ${issues.length - most} more`] : []),
    ),
  ];
  return `${blocks.filter((each) => each !== "").join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [title, ...lines.map((line) => `  ${printableLine(line)}`)].join("\n");
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
