import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { stacksIn, UsageError } from "./files.ts";
import { asList, asObject, asText, asTexts } from "./json.ts";
import { block, code, plural, table } from "./markdown.ts";
import { maskValues } from "./mask.ts";

const usage = `usage: node ci/due.ts --stacks <list> --within <days> --out <file>

  --stacks  what ci/environments.ts writes
  --within  days that are looked ahead
  --out     file to write the text of the pull request to

Moves the epochs of what is due in Pulumi.<stack>.yaml. Prints a line for GITHUB_OUTPUT: moved (a count).`;

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `secrets` with these words. */
export type RunSecrets = (words: readonly string[]) => Promise<Ended>;

/** What was moved in one stack. */
interface Moved {
  readonly stack: string;
  readonly rotations: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly targets: readonly string[];
  }[];
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
  readonly notes: readonly string[];
}

/**
 * Moves the epochs of what is due, stack by stack, and writes what a pull request says of it.
 *
 * @throws UsageError where the command line is wrong, or a stack can't be read: its due secrets would go unnoticed.
 */
export async function main(args: readonly string[], run: RunSecrets): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: { stacks: { type: "string" }, within: { type: "string" }, out: { type: "string" } },
  });
  const { stacks, within, out } = values;
  if (stacks === undefined || within === undefined || out === undefined) throw new UsageError(usage);
  const moved: Moved[] = [];
  const failures: string[] = [];
  for (const { name: stack, partOf } of stacksIn("stacks", stacks)) {
    // What is due in a part is found with its environment, whose file they share.
    if (partOf !== undefined) continue;
    const words = ["rotate", "--due", "--within", within, "--config-only", "--json", "--stack", stack];
    const { code: exitCode, stdout, stderr } = await run(words);
    // 1: done, and something that is due was left out.
    if (exitCode === 0 || exitCode === 1) moved.push(movedIn(stack, stdout));
    else failures.push(`${stack}: ${maskValues(stderr.trim())}`);
  }
  if (failures.length > 0) throw new UsageError(failures.join("\n"));
  writeFileSync(out, bodyOf(moved));
  return `moved=${moved.flatMap(({ rotations }) => rotations).length}\n`;
}

function movedIn(stack: string, text: string): Moved {
  const report = asObject(JSON.parse(text));
  return {
    stack,
    rotations: asList(report["rotations"])
      .map(asObject)
      .map((each) => ({
        id: asText(each["id"]),
        from: asText(each["from"]),
        to: asText(each["to"]),
        targets: asList(each["steps"])
          .map(asObject)
          .filter(({ step }) => step === "target")
          .flatMap(({ what }) => asTexts(what)),
      })),
    leftOut: asList(report["leftOut"])
      .map(asObject)
      .map((each) => ({ id: asText(each["id"]), reason: asText(each["reason"]) })),
    notes: asTexts(report["notes"]),
  };
}

function bodyOf(moved: readonly Moved[]): string {
  const rows = moved.flatMap(({ stack, rotations }) =>
    rotations.map(({ id, from, to, targets }) => [
      code(stack),
      code(id),
      `${code(from)} → ${code(to)}`,
      targets.length === 0 ? "" : targets.map(code).join("<br>"),
    ]),
  );
  const leftOut = moved.flatMap(({ stack, leftOut: each }) =>
    each.map(({ id, reason }) => `- ${code(stack)} ${code(id)}: ${code(reason)}`),
  );
  const notes = moved.flatMap(({ notes: each }) => each);
  return [
    `${plural(rows.length, "secret is", "secrets are")} due. After the merge, ${code("deploy.yml")} generates the new values and carries them to targets, stores and Secrets, in this order.`,
    table(["Stack", "Secret", "Epoch", "Target"], rows),
    ...(leftOut.length === 0 ? [] : [`Due as well, and not rotated here:\n\n${leftOut.join("\n")}`]),
    ...(notes.length === 0 ? [] : [block(notes.join("\n"), 2_000)]),
    "GitHub starts no workflow for a pull request that a workflow has opened: close it and open it again for its previews and checks.",
    "",
  ].join("\n\n");
}

/** Runs the command line of this project. */
export function secretsOf(root: string): RunSecrets {
  return (words) =>
    new Promise((resolve) => {
      const file = path.join(root, "cli/secrets.js");
      execFile(process.execPath, ["--no-warnings", file, ...words], { cwd: root }, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 70;
        resolve({ code: exitCode, stdout, stderr });
      });
    });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    process.stdout.write(await main(process.argv.slice(2), secretsOf(path.resolve(import.meta.dirname, ".."))));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
