import { Option, type Command } from "commander";
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
    exits: { 0: "read", 2: "a source can't be read, or sources contradict each other" },
  });
  return withSources(command).action((sources: readonly string[], options: SourceOptions) =>
    run(options, async ({ print, progress }) => {
      const { readNamed } = await import("../migrate/read.ts");
      const { readingResult } = await import("../text/reading.ts");
      progress.step(`reading ${sources.join(", ")}`);
      return print(readingResult(await readNamed(sources, options)));
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
    exits: { 0: "planned: this migration can be run", 2: "this migration would be refused, for what is listed" },
  });
  return withPlan(command).action((sources: readonly string[], options: PlanOptions) =>
    run(options, async ({ print, progress }) => {
      const { planNamed } = await import("../migrate/read.ts");
      const { planResult } = await import("../text/plan.ts");
      progress.step(`reading ${sources.join(", ")}`);
      return print(planResult(await planNamed(sources, options)));
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
    exits: {
      0: "every phase up to --until is done",
      2: "refused: nothing was changed",
      3: "stopped on the way: the same command goes on",
    },
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
          const { planResult } = await import("../text/plan.ts");
          return session.print(planResult(plan));
        }
        const { runMigration } = await import("../../operations/migrate/run/index.ts");
        const { continuing, migrationTools } = await import("../migrate/run.ts");
        const { migrationResult } = await import("../text/migration.ts");
        const tools = await migrationTools({ stack: plan.environment, cluster: options.cluster, session });
        const report = await continuing(() =>
          runMigration(
            { ...tools, plan, sources: sourceWords(sources, options), folder: process.cwd() },
            { until: options.until },
          ),
        );
        return session.print(migrationResult(report));
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
    exits: {
      0: "the migration is ended; with --dry-run: shown",
      1: "files hold what is obsolete: choose --write or --keep. Nothing was changed",
      2: "refused: nothing was changed",
      3: "stopped on the way: the same command goes on",
    },
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
        const { retirementResult } = await import("../text/retirement.ts");
        const { stack } = await stackOf({ root: session.root, target: undefined, chosen: options.stack });
        const { write, keep, dryRun } = options;
        const choice = write ? "write" : keep ? "keep" : dryRun ? "dry-run" : "look";
        const journal = migrationJournalFile(session.root, stack);
        const found = await continuing(async () =>
          retire({ ...(await retireTools({ stack, session })), journal }, choice),
        );
        return session.print(retirementResult(found, choice));
      }),
    );
}

function rollbackCommand(): Command {
  const command = secretsCommand({
    name: "rollback",
    description: "Takes a migration back that is not retired: every Secret is left to whoever wrote it before.",
    examples: [["npx secrets migrate rollback --stack dev", "from any phase; again to continue"]],
    exits: {
      0: "taken back; or no migration runs",
      2: "refused: nothing was changed",
      3: "stopped on the way: the same command goes on",
    },
  });
  return withStack(command).action((options: MigrationOptions) =>
    run(options, async (session) => {
      const { stackOf } = await import("../stack.ts");
      const { rollBack } = await import("../../operations/migrate/run/rollback.ts");
      const { continuing, migrationTools } = await import("../migrate/run.ts");
      const { rollbackResult } = await import("../text/migration.ts");
      const { stack } = await stackOf({ root: session.root, target: undefined, chosen: options.stack });
      const tools = await migrationTools({ stack, cluster: undefined, session });
      const journal = await continuing(() => rollBack(tools));
      return session.print(rollbackResult(journal, stack));
    }),
  );
}
