import type { Command } from "commander";
import type { FleetAction } from "../../operations/fleet/model.ts";
import { confirmOn } from "../confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { run, secretsCommand, secretsGroup, type CommonOptions, type Session } from "../frame.ts";
import { filesCommand } from "./fleet-files.ts";

export function fleetCommand(): Command {
  return secretsGroup(
    {
      name: "fleet",
      description: "Deploys an environment that is several stacks as one.",
      examples: [
        ["npx secrets fleet plan prod", "which stack has which application"],
        ["npx secrets fleet plan prod --write", "give new applications a part, in Pulumi.prod.yaml"],
        ["npx secrets fleet up prod", "deploy all parts: the base first, the others side by side"],
        ["npx secrets fleet move prod mlflow p2", "move one application to another part"],
      ],
    },
    [planCommand(), runCommand("preview"), runCommand("up"), runCommand("destroy"), moveCommand(), filesCommand()],
  );
}

interface PlanOptions extends CommonOptions {
  readonly write: boolean;
  readonly full?: string;
}

function planCommand(): Command {
  return secretsCommand({
    name: "plan",
    description: "Shows which part has which application, and gives new ones a part: the least filled, or a new one.",
    examples: [
      ["npx secrets fleet plan prod", "change nothing"],
      ["npx secrets fleet plan prod --write", "write it into Pulumi.prod.yaml, and link the file of each part to it"],
    ],
    exits: {
      0: "every application has a part, or got one; or one stack has all",
      1: "an application has no part yet, and --write is not given",
      2: "refused: the environment, an option, or its file. Nothing was changed",
    },
  })
    .argument("<environment>", "name of the environment")
    .option("--write", "write what is new into Pulumi.<environment>.yaml", false)
    .option("--full <resources>", "resources at which a part is full (default: 400)")
    .action((environment: string, options: PlanOptions) =>
      run(options, async (session) => {
        const { root, progress, print } = session;
        const { loadFleet } = await import("../fleet/load.ts");
        const { planFleet, fullPart, isSame } = await import("../../operations/fleet/plan.ts");
        const { linkPart, needsLink, writeParts } = await import("../../operations/fleet/parts-file.ts");
        const { engineOf, wholeNumber } = await import("../fleet/tools.ts");
        const { fleetPlanText } = await import("../text/fleet.ts");
        progress.step(`reading the description of ${environment}`);
        const fleet = await loadFleet({ root, environment, lenient: true });
        const full = options.full === undefined ? fullPart : wholeNumber("--full", options.full, 100_000);
        const { state } = await engineOf(root, environment);
        const { plan, assigned } = await planFleet({ ...fleet, full, state });
        const isNew = !isSame(fleet.assigned, assigned);
        const written = options.write && isNew;
        if (options.write && assigned.size > 0) {
          // Before the facts are changed: what has the name of a part's file stays.
          for (const { stack } of plan.parts) await needsLink(root, environment, stack);
        }
        if (written) await writeParts({ root, environment, project: fleet.project }, assigned);
        if (options.write && assigned.size > 0) {
          for (const { stack } of plan.parts) await linkPart(root, environment, stack);
        }
        const shown = { ...plan, written };
        return print({
          text: () => fleetPlanText(shown),
          data: shown,
          code: isNew && !written ? EXIT.found : EXIT.done,
        });
      }),
    );
}

interface RunOptions extends CommonOptions {
  readonly parallel?: string;
  readonly part?: string;
  readonly yes?: boolean;
}

const descriptions: Readonly<Record<FleetAction, string>> = {
  preview: "Previews all parts of an environment (pulumi preview), side by side.",
  up: "Deploys all parts of an environment (pulumi up): the base first, then the others side by side.",
  destroy: "Destroys all parts of an environment (pulumi destroy): the base last.",
};

const partExamples: Readonly<Record<FleetAction, string>> = {
  preview: "one part alone",
  up: "one part alone, after the base of the same commit",
  destroy: "one part alone; the base last",
};

function runCommand(action: FleetAction): Command {
  const command = secretsCommand({
    name: action,
    description: descriptions[action],
    examples: [
      [`npx secrets fleet ${action} prod`, "one line for each part at the end"],
      [`npx secrets fleet ${action} prod --parallel 8`, "eight parts at a time"],
      [`npx secrets fleet ${action} prod --part p1`, partExamples[action]],
    ],
    exits: {
      0: "every part is done",
      2: "refused before anything was changed",
      3: "a part failed, and says why: the same command goes on",
    },
  })
    .argument("<environment>", "name of the environment")
    .option("--parallel <parts>", "parts at the same time (default: one for each core, at most 4)")
    .option("--part <name>", "run this part alone, as the job of a matrix does (default: all parts)");
  if (action !== "preview") command.option("--yes", "do not ask", false);
  return command.action((environment: string, options: RunOptions) =>
    run(options, async (session) => {
      const { runParts } = await import("../fleet/tools.ts");
      const { fleetResult } = await import("../text/fleet.ts");
      const { parallel, part, yes } = options;
      if (action !== "preview" && yes !== true) await agreed({ action, environment, part }, session);
      const report = await runParts({ environment, action, parallel, part }, session);
      return session.print(fleetResult(report, session.signal.aborted));
    }),
  );
}

interface Asked {
  readonly action: FleetAction;
  readonly environment: string;
  readonly part: string | undefined;
}

async function agreed({ action, environment, part }: Asked, { json, progress, signal }: Session): Promise<void> {
  const { ExpectedError } = await import("../../components/support/messages/errors.ts");
  const { clippedName } = await import("../../components/support/messages/printable.ts");
  progress.end();
  const yes = json
    ? undefined
    : await confirmOn(
        process,
        `${action} ${part === undefined ? "all parts" : `part ${clippedName(part)}`} of ${environment}?`,
        signal,
      );
  if (yes === true) return;
  throw new ExpectedError(
    yes === undefined
      ? `fleet ${action} asks before it begins, and there is nobody to ask. Nothing was changed.\n    fix: npx secrets fleet ${action} ${environment}${part === undefined ? "" : ` --part ${clippedName(part)}`} --yes`
      : "Nothing was changed.",
  );
}

interface MoveOptions extends CommonOptions {
  readonly dryRun: boolean;
}

function moveCommand(): Command {
  return secretsCommand({
    name: "move",
    description:
      "Moves an application to another part: its state and its name in the facts. No store or cluster changes.",
    examples: [
      ["npx secrets fleet move prod mlflow p2", "with what shares namespaces or secrets with it"],
      ["npx secrets fleet move prod mlflow p2 --dry-run", "show what would move"],
    ],
    exits: {
      0: "moved, or it is there already; or shown",
      2: "refused, or stopped by the engine: it says how far it came, and the same command goes on",
    },
  })
    .argument("<environment>", "name of the environment")
    .argument("<application>", "application of the catalogue")
    .argument("<part>", "a part, or the next one")
    .option("--dry-run", "change nothing", false)
    .action((environment: string, application: string, part: string, options: MoveOptions) =>
      run(options, async (session) => {
        const { moveTools } = await import("../fleet/tools.ts");
        const { moveApplication } = await import("../../operations/fleet/move.ts");
        const { moveText } = await import("../text/fleet.ts");
        const tools = await moveTools(environment, { application, part }, session);
        const report = await moveApplication(tools, { application, part, dryRun: options.dryRun });
        return session.print({ text: () => moveText(report), data: report });
      }),
    );
}
