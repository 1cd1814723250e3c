import { printableLine } from "../../components/support/messages/printable.ts";
import type { Retirement } from "../../operations/migrate/retire/model.ts";
import { migrateCommand } from "../../operations/migrate/run/model.ts";
import { section } from "./plan.ts";
import { EXIT } from "../exit-codes.ts";
import type { Result } from "../frame.ts";
import type { RetireChoice } from "../../operations/migrate/retire/index.ts";

type File = Retirement["files"][number];

export function retirementResult(found: Retirement, choice: RetireChoice): Result {
  const isToBeChosen = choice === "look" && !found.isEnded;
  return { text: () => retirementText(found), data: found, code: isToBeChosen ? EXIT.found : EXIT.done };
}

/** What is obsolete, as a difference without values, and what was done about it. */
export function retirementText(found: Retirement): string {
  const { environment, secrets, files, people, isEnded } = found;
  const blocks = [
    opening(found),
    ...files.map((file) => fileText(file)),
    section(
      "What is not in git can't be brought back:",
      files.filter(({ revision }) => revision === "untracked").map(({ file }) => file),
    ),
    section(
      "What was committed stays in the history of git: rotate what others may have read there:",
      files.filter(({ revision }) => revision !== "untracked").map(({ file }) => file),
    ),
    section("For people:", people),
    isEnded
      ? `The migration into environment ${environment} is retired: ${secrets.length} ${secrets.length === 1 ? "Secret is" : "Secrets are"} this project's.`
      : choices(environment, files.length > 0),
  ];
  return `${blocks.filter((each) => each !== "").join("\n\n")}\n`;
}

function opening({ environment, files, isWritten, isEnded }: Retirement): string {
  if (files.length === 0) return `Nothing of the migration into environment ${environment} is left in files.`;
  if (isWritten) return "Taken out of files:";
  return isEnded ? "Left in files:" : "Obsolete in files. Nothing was changed.";
}

function fileText({ file, parts }: File): string {
  const lines = parts.flatMap(({ what, first, last, shown, note }) => [
    `@@ ${first === last ? `line ${first}` : `lines ${first} to ${last}`}: ${what}`,
    ...shown.map((line) => `- ${line}`),
    ...(note === undefined ? [] : [`  (${note})`]),
  ]);
  return [file, ...lines.map((line) => `  ${line}`)].map(printableLine).join("\n");
}

function choices(environment: string, hasFiles: boolean): string {
  if (!hasFiles) return `To end it: ${migrateCommand("retire", environment)}`;
  return [
    `To take it out:        ${migrateCommand("retire --write", environment)}`,
    `To leave it, and end:  ${migrateCommand("retire --keep", environment)}`,
    `To take it all back:   ${migrateCommand("rollback", environment)}`,
  ].join("\n");
}
