import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { changeCount, countTotals } from "./changes.ts";
import { readCost } from "./cost.ts";
import path from "node:path";
import { namedFile, readIfPresent, stacksIn, UsageError, type NamedFile } from "./files.ts";
import { readPreview } from "./preview.ts";
import { markers, renderComment, type Environment, type Kind } from "./render.ts";

const usage = `usage: node ci/comment.ts --stacks <list> --results <folder> [--kind preview|drift] --out <file>
       node ci/comment.ts --environment <name>=<file> [--environment …] [--cost <name>=<file> …] [--kind preview|drift] --out <file>

  --stacks       what ci/environments.ts writes; each has preview-<stack>.json, and for a preview cost-<stack>.json
  --results      folder of those files
  --environment  output of "pulumi preview --json", engine events, or what ci/reduce.ts wrote
  --cost         { "before": …, "after": … }, each as "npm run preview -- <name> --json" prints it
  --out          file to write the Markdown to

Prints lines for GITHUB_OUTPUT: changes, failures, drift (counts).`;

/**
 * Writes the comment and returns the lines for GITHUB_OUTPUT. Imports nothing but Node: the job that may write to the
 * pull request installs no packages, so no package can use its token.
 */
export function main(args: readonly string[]): string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stacks: { type: "string" },
      results: { type: "string" },
      environment: { type: "string", multiple: true, default: [] },
      cost: { type: "string", multiple: true, default: [] },
      kind: { type: "string", default: "preview" },
      out: { type: "string" },
    },
  });
  const { out, kind, stacks, results } = values;
  if (out === undefined || !isKind(kind) || (stacks === undefined) !== (results === undefined))
    throw new UsageError(usage);
  const found = stacks === undefined || results === undefined ? [] : stacksIn("stacks", stacks);
  const filesOf = (prefix: string) =>
    found.map(({ name }): NamedFile => ({
      environment: name,
      file: path.join(results ?? "", `${prefix}-${name}.json`),
    }));
  const previews = [...values.environment.map((argument) => namedFile("environment", argument)), ...filesOf("preview")];
  if (previews.length === 0) throw new UsageError(usage);
  const costs = new Map(
    [...values.cost.map((argument) => namedFile("cost", argument)), ...(kind === "preview" ? filesOf("cost") : [])].map(
      ({ environment, file }) => [environment, readCost(readIfPresent(file))],
    ),
  );
  const partOf = new Map(
    found.flatMap((each) => (each.partOf === undefined ? [] : [[each.name, each.partOf] as const])),
  );
  const environments = previews.map(({ environment, file }): Environment => {
    const cost = costs.get(environment);
    const whole = partOf.get(environment);
    return {
      name: environment,
      ...(whole === undefined ? {} : { partOf: whole }),
      preview: readPreview(readIfPresent(file)),
      ...(cost === undefined ? {} : { cost }),
    };
  });
  writeFileSync(out, renderComment(environments, kind));
  return workflowOutputs(environments);
}

/** Counts for the workflow, as lines of GITHUB_OUTPUT. */
function workflowOutputs(environments: readonly Environment[]): string {
  const sum = (count: (environment: Environment) => number) =>
    environments.reduce((total, environment) => total + count(environment), 0);
  const changes = sum(({ preview }) => changeCount(countTotals(preview)));
  const failures = sum(({ preview }) => (preview.failed ? 1 : 0));
  // The program itself compares stores with the state and warns: to the engine, a value changed by hand is no change.
  const warned = sum(({ preview }) => preview.diagnostics.filter(({ text }) => text.startsWith("drift:")).length);
  return `changes=${changes}\nfailures=${failures}\ndrift=${changes + failures + warned}\n`;
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(markers, kind);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    process.stdout.write(main(process.argv.slice(2)));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
