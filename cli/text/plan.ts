import Table from "cli-table3";
import { configPath, setCommand } from "../../components/support/messages/config-command.ts";
import { printableLine } from "../../components/support/messages/printable.ts";
import type { Issue } from "../../components/support/messages/errors.ts";
import { placeText, type Left } from "../../operations/migrate/model.ts";
import {
  placeOf,
  planData,
  type MigrationPlan,
  type PlannedKey,
  type PlannedSecret,
} from "../../operations/migrate/plan/model.ts";
import { EXIT } from "../exit-codes.ts";
import type { Result } from "../frame.ts";

export function planResult(plan: MigrationPlan): Result {
  return { text: () => planText(plan), data: planData(plan), code: plan.issues.length > 0 ? EXIT.refused : EXIT.done };
}

/** A plan as people read it. No value. */
export function planText({ environment, secrets, catalogue, facts, left, issues }: MigrationPlan): string {
  const blocks = [
    `Migration into environment ${environment}. Nothing was changed.`,
    ...(secrets.length === 0 ? ["No secret was found that could be migrated."] : [secretsTable(secrets)]),
    ...(catalogue === ""
      ? []
      : [`Add to stacks/environments/catalogue.ts (and import provided there):\n\n${catalogue.trimEnd()}`]),
    section("Add to Pulumi.yaml, below config:", secrets.flatMap(configKeys)),
    section(
      "Facts that the migration sets:",
      facts.map(({ path, value }) => setCommand(configPath(path), value)),
    ),
    section(
      "Values that the migration sets, encrypted:",
      secrets.flatMap((secret) =>
        secret.keys.flatMap(({ name, origin, old: [old] }) =>
          origin.from === "provided" && old !== undefined
            ? [`${origin.config}: ${name} of Secret ${placeOf(secret)}, from ${placeText(old.at)}`]
            : [],
        ),
      ),
    ),
    leftText(left),
    problemsText(issues),
  ];
  return `${blocks.filter((each) => each !== "").join("\n\n")}\n`;
}

/** The configuration keys of a Secret that the catalogue does not have yet, as `Pulumi.yaml` declares them. */
function configKeys({ isDeclared, keys, ...secret }: PlannedSecret): readonly string[] {
  if (isDeclared) return [];
  return keys.flatMap(({ name, origin }) =>
    origin.from === "provided"
      ? [
          `${origin.config}:`,
          "  type: string",
          '  default: ""',
          `  description: ${JSON.stringify(`${name} of Secret ${placeOf(secret)}`)}`,
        ]
      : [],
  );
}

export function leftText(left: readonly Left[]): string {
  return section(
    "Left where it is:",
    left.map(({ at, what, reason }) => `${placeText(at)}: ${what}: ${reason}`),
  );
}

/** Most problems that are shown: of a file that is something else, every line is one. */
const most = 20;

export function problemsText(issues: readonly Issue[]): string {
  const shown = issues
    .slice(0, most)
    .flatMap(({ path, problem, fix }) => [`${path}: ${problem}`, ...(fix === undefined ? [] : [`  fix: ${fix}`])]);
  return section("Problems:", issues.length > most ? [...shown, `and ${issues.length - most} more`] : shown);
}

export function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [title, ...lines.map((line) => `  ${printableLine(line)}`)].join("\n");
}

function secretsTable(secrets: MigrationPlan["secrets"]): string {
  const table = new Table({ head: ["Secret", "key", "value", "catalogue"], style: { head: [], border: [] } });
  for (const secret of secrets) {
    const { keys, isDeclared, ids } = secret;
    table.push([
      placeOf(secret),
      keys.map(({ name }) => printableLine(name)).join("\n"),
      keys.map(originText).join("\n"),
      isDeclared ? ids.join("\n") : ids.map((id) => `${id} (to be added)`).join("\n"),
    ]);
  }
  return table.toString();
}

function originText({ origin }: PlannedKey): string {
  switch (origin.from) {
    case "provided":
      return `provided: ${origin.config}`;
    case "adopted":
      return "kept from the Secret";
    case "catalogue":
      return "of the catalogue, must be equal";
    case "referenced":
      return printableLine(`stays in ${origin.object}${origin.property === undefined ? "" : `, ${origin.property}`}`);
  }
}
