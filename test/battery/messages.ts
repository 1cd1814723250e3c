import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/project.ts";
import type { Case, CaseClass } from "./case.ts";

/** The golden file of what came of each case: the refusal, or the outcome. */
export const messagesFile = "test/golden/messages.txt";

/** The line above what came of a case. */
export function heading({ title }: Pick<CaseClass, "title">, { name }: Pick<Case, "name">): string {
  return `# ${title}: ${name}`;
}

/** What the golden file says of each case, in the order of the file. A case without an entry is left out. */
export function recordedMessages(classes: readonly CaseClass[]): ReadonlyMap<Case, string> {
  const text = `\n${readFileSync(path.join(root, messagesFile), "utf8")}`;
  const found: { readonly each: Case; readonly start: number; readonly end: number }[] = [];
  for (const [each, line] of classes.flatMap((one) => one.cases.map((each) => [each, heading(one, each)] as const))) {
    const start = text.indexOf(`\n${line}\n`, found.at(-1)?.end ?? 0);
    if (start !== -1) found.push({ each, start, end: start + line.length + 2 });
  }
  return new Map(
    found.map(({ each, end }, index) => [each, text.slice(end, found[index + 1]?.start ?? text.length).trimEnd()]),
  );
}
