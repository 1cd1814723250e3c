import type { Command } from "commander";
import { EXIT } from "../exit-codes.ts";
import { run, secretsCommand, secretsGroup } from "../frame.ts";
import { withPlan, withSources, type PlanOptions, type SourceOptions } from "../migrate/options.ts";

export function migrateCommand(): Command {
  return secretsGroup(
    {
      name: "migrate",
      description: "Moves secrets from where they are into this project.",
      examples: [
        ["npx secrets migrate read .env", "what a file holds"],
        ["npx secrets migrate plan .env --stack dev", "what a migration into environment dev would do"],
      ],
    },
    [readCommand(), planCommand()],
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
