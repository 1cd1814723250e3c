import { Option, type Command } from "commander";
import { EXIT } from "../exit-codes.ts";
import { run, secretsCommand, secretsGroup } from "../frame.ts";
import {
  withPlan,
  sourceWords,
  withSources,
  withStack,
  type MigrationOptions,
  type PlanOptions,
  type RetireOptions,
  type RunOptions,
  type SourceOptions,
} from "../migrate/options.ts";

export function migrateCommand(): Command {
  return secretsGroup(
    {
      name: "migrate",
      description: "Moves secrets from where they are into this project.",
      examples: [
        ["npx secrets migrate read .env", "what a file holds"],
        ["npx secrets migrate plan .env --stack dev", "what a migration into environment dev would do"],
        ["npx secrets migrate run .env --stack dev", "carry it out; again to continue"],
        ["npx secrets migrate rollback --stack dev", "take it back, until it is retired"],
        ["npx secrets migrate retire --stack dev --write", "take what is obsolete out of files, and end it"],
      ],
    },
    [readCommand(), planCommand(), runCommand(), retireCommand(), rollbackCommand()],
  );
}

function readCommand(): Command {
  const command = secretsCommand({
    name: "read",
    description: "Shows what sources hold, by name, without changing anything.",
    examples: [
      ["npx secrets migrate read .env values.yaml", "files"],
      ["npx secrets migrate read overlays/prod", "a kustomization, or a folder of manifests"],
      ["npx secrets migrate read live:shop", "the Secrets of a namespace"],
    ],
  });
  return withSources(command).action((sources: readonly string[], options: SourceOptions) =>
    run(options, async ({ print, progress }) => {
      const { readNamed } = await import("../migrate/read.ts");
      const { readingText } = await import("../text/reading.ts");
      progress.step(`reading ${sources.join(", ")}`);
      const found = await readNamed(sources, options);
      print({ text: () => readingText(found), data: found });
      return found.issues.length > 0 ? EXIT.refused : EXIT.done;
    }),
  );
}

function planCommand(): Command {
  const command = secretsCommand({
    name: "plan",
    description:
      "Shows what a migration would do: entries of the catalogue, facts, and which values are set, without changing anything.",
    examples: [
      ["npx secrets migrate plan .env --stack dev --to shop/shop-env", "a .env file whose settings become one Secret"],
      ["npx secrets migrate plan live:shop --stack dev", "the Secrets of a namespace"],
      ["npx secrets migrate plan .env live:shop --stack dev", "both, which must agree"],
    ],
  });
  return withPlan(command).action((sources: readonly string[], options: PlanOptions) =>
    run(options, async ({ print, progress }) => {
      const { planNamed } = await import("../migrate/read.ts");
      const { planData } = await import("../../operations/migrate/plan/model.ts");
      const { planText } = await import("../text/plan.ts");
      progress.step(`reading ${sources.join(", ")}`);
      const plan = await planNamed(sources, options);
      print({ text: () => planText(plan), data: planData(plan) });
      return plan.issues.length > 0 ? EXIT.refused : EXIT.done;
    }),
  );
}

function runCommand(): Command {
  const command = secretsCommand({
    name: "run",
    description:
      "Migrates: sets values and facts, deploys beside what exists, proves values equal, and takes the Secrets over in place.",
    examples: [
      [
        "npx secrets migrate run .env live:shop --stack dev",
        "all phases but the last, from where an earlier run ended",
      ],
      ["npx secrets migrate run .env --stack dev --until prove", "nothing that applications read is touched"],
      ["npx secrets migrate run .env --stack dev --dry-run", "the plan alone"],
    ],
  });
  return withPlan(command)
    .option("--dry-run", "show the plan, and change nothing", false)
    .addOption(
      new Option("--until <phase>", "last phase of this run")
        .choices(["install", "store", "beside", "prove", "switch"])
        .default("switch"),
    )
    .action((sources: readonly string[], options: RunOptions) =>
      run(options, async (session) => {
        const { planNamed } = await import("../migrate/read.ts");
        session.progress.step(`reading ${sources.join(", ")}`);
        const plan = await planNamed(sources, options);
        if (options.dryRun) {
          const { planData } = await import("../../operations/migrate/plan/model.ts");
          const { planText } = await import("../text/plan.ts");
          session.print({ text: () => planText(plan), data: planData(plan) });
          return plan.issues.length > 0 ? EXIT.refused : EXIT.done;
        }
        const { runMigration } = await import("../../operations/migrate/run/index.ts");
        const { continuing, migrationTools } = await import("../migrate/run.ts");
        const { migrationText } = await import("../text/migration.ts");
        const tools = await migrationTools({ stack: plan.environment, cluster: options.cluster, session });
        const report = await continuing(() =>
          runMigration(
            { ...tools, plan, sources: sourceWords(sources, options), folder: process.cwd() },
            { until: options.until },
          ),
        );
        session.print({ text: () => migrationText(report), data: report });
        return EXIT.done;
      }),
    );
}

function retireCommand(): Command {
  const command = secretsCommand({
    name: "retire",
    description:
      "Ends a migration whose Secrets were taken over: shows what is obsolete, takes it out of files, and there is no way back.",
    examples: [
      [
        "npx secrets migrate retire --stack dev",
        "what is obsolete; where files hold none of it, this ends the migration",
      ],
      ["npx secrets migrate retire --stack dev --write", "take it out of the files, and end"],
      ["npx secrets migrate retire --stack dev --keep", "leave the files as they are, and end"],
    ],
  });
  return withStack(command)
    .addOption(
      new Option("--write", "take out of files what is obsolete in them, and end").default(false).conflicts(["keep"]),
    )
    .addOption(new Option("--keep", "leave files as they are, and end").default(false))
    .addOption(
      new Option("--dry-run", "show what is obsolete, and change nothing").default(false).conflicts(["write", "keep"]),
    )
    .action((options: RetireOptions) =>
      run(options, async (session) => {
        const { stackOf } = await import("../stack.ts");
        const { migrationJournalFile } = await import("../../operations/migrate/run/journal.ts");
        const { retire } = await import("../../operations/migrate/retire/index.ts");
        const { retireTools } = await import("../migrate/retire.ts");
        const { continuing } = await import("../migrate/run.ts");
        const { retirementText } = await import("../text/retirement.ts");
        const { stack } = await stackOf({ root: session.root, target: undefined, chosen: options.stack });
        const { write, keep, dryRun } = options;
        const choice = write ? "write" : keep ? "keep" : dryRun ? "dry-run" : "look";
        const journal = migrationJournalFile(session.root, stack);
        const found = await continuing(async () =>
          retire({ ...(await retireTools({ stack, session })), journal }, choice),
        );
        session.print({ text: () => retirementText(found), data: found });
        return choice === "look" && !found.isEnded ? EXIT.found : EXIT.done;
      }),
    );
}

function rollbackCommand(): Command {
  const command = secretsCommand({
    name: "rollback",
    description: "Takes a migration back that is not retired: every Secret is left to whoever wrote it before.",
    examples: [["npx secrets migrate rollback --stack dev", "from any phase; again to continue"]],
  });
  return withStack(command).action((options: MigrationOptions) =>
    run(options, async (session) => {
      const { stackOf } = await import("../stack.ts");
      const { rollBack } = await import("../../operations/migrate/run/rollback.ts");
      const { continuing, migrationTools } = await import("../migrate/run.ts");
      const { rollbackText } = await import("../text/migration.ts");
      const { stack } = await stackOf({ root: session.root, target: undefined, chosen: options.stack });
      const tools = await migrationTools({ stack, cluster: undefined, session });
      const journal = await continuing(() => rollBack(tools));
      session.print({
        text: () => rollbackText(journal),
        data: { environment: stack, secrets: journal?.secrets ?? [] },
      });
      return EXIT.done;
    }),
  );
}
