import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { readIfPresent, stackName, UsageError } from "./files.ts";
import { asList, asObject, asText, parsed } from "./json.ts";
import { block, code, table } from "./markdown.ts";
import { maskValues } from "./mask.ts";

const usage = `usage: node ci/fleet.ts --report <file> --out <file>
       node ci/fleet.ts --stack <name> --parts <list> --results <folder> --out <file>

  --report   what "secrets fleet up --part … --json" printed; --out gets it without anything that a summary may not show
  --stack    the environment
  --parts    names of its parts but the base, as ci/environments.ts writes them
  --results  folder with fleet-<part>.json for each part, as --report wrote them; --out gets Markdown, at its end`;

/** What became of a part, as its job says. */
export interface PartSummary {
  /** As `secrets fleet` names it, or the kind of its error, such as `refused`; empty where the job left no report. */
  readonly outcome: string;
  readonly seconds: number;
  /** Numbers of resources by operation. */
  readonly changes: Readonly<Record<string, number>>;
  /** What the engine said where it failed, values masked. */
  readonly message: string;
}

/** Longest message of a part that is shown, in characters. */
const longestMessage = 3_000;

/** Reads the report of a run of one part, or what `reducedReport` wrote. Pure. */
export function readReport(text: string): PartSummary {
  const document = asObject(parsed(text));
  const { kind, message } = asObject(document["error"]);
  const part = kind === undefined ? asObject(asList(document["parts"])[0]) : { outcome: kind, message };
  const numbers = Object.entries(asObject(part["changes"])).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number" && /^[a-z-]{1,40}$/.test(entry[0]),
  );
  return {
    outcome: /^[a-z]{0,20}$/.exec(asText(part["outcome"]))?.[0] ?? "",
    seconds: typeof part["seconds"] === "number" ? part["seconds"] : 0,
    changes: Object.fromEntries(numbers),
    message: maskValues(asText(part["message"])),
  };
}

/** The same as a report of names, numbers and masked messages, which may leave the job. Pure. */
export function reducedReport(text: string): string {
  return `${JSON.stringify({ parts: [readReport(text)] })}\n`;
}

/** One summary of all parts of an environment. Pure. */
export function renderFleet(environment: string, parts: readonly (PartSummary & { readonly part: string })[]): string {
  const done = parts.filter(({ outcome }) => outcome === "done").length;
  const rows = parts.map(({ part, outcome, seconds, changes }) => [
    `${outcome === "done" ? "" : "❌ "}${code(part)}`,
    outcome === "" ? "no report" : outcome,
    changesText(changes),
    outcome === "" ? "-" : `${seconds.toFixed(1)} s`,
  ]);
  const said = parts.flatMap(({ part, message }) =>
    message === "" ? [] : [`### ${code(part)}`, block(message, longestMessage)],
  );
  const silent = parts.some(({ outcome }) => outcome === "");
  return `${[
    `## ${code(environment)}: ${done} of ${parts.length} stacks deployed`,
    table(["Part", "Outcome", "Changes", "Time"], rows),
    ...said,
    ...(silent ? ["A part without a report was not begun, or its job failed before: its log says why."] : []),
    ...(done === parts.length ? [] : ["Re-run the failed jobs to finish: what is done is not done twice."]),
  ].join("\n\n")}\n`;
}

function changesText(changes: PartSummary["changes"]): string {
  const counted = Object.entries(changes).filter(([, count]) => count > 0);
  return counted.length === 0 ? "-" : counted.map(([name, count]) => `${count} ${name}`).join(", ");
}

/** Imports nothing but Node, as all of this folder does: the job of the summary installs no packages. */
export function main(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      report: { type: "string" },
      stack: { type: "string" },
      parts: { type: "string" },
      results: { type: "string" },
      out: { type: "string" },
    },
  });
  const { report, stack, parts, results, out } = values;
  if (out === undefined) throw new UsageError(usage);
  if (report !== undefined) {
    writeFileSync(out, reducedReport(readFileSync(report, "utf8")));
    return;
  }
  if (stack === undefined || parts === undefined || results === undefined) throw new UsageError(usage);
  const names = ["base", ...partsIn(parts)];
  if (!stackName.test(stack)) throw new UsageError(usage);
  const found = names.map((part) => ({ part, ...readReport(readIfPresent(path.join(results, `fleet-${part}.json`))) }));
  // The summary of a step may have something in it already.
  appendFileSync(out, renderFleet(stack, found));
}

/** The names in `["p1", …]`. They become names of files. */
function partsIn(argument: string): readonly string[] {
  const names = asList(parsed(argument)).map(asText);
  if (names.length > 0 && names.every((name) => /^[a-z][a-z0-9-]{0,19}$/.test(name))) return names;
  throw new UsageError(`--parts must be what ci/environments.ts writes, such as ["p1"], received "${argument}"`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
