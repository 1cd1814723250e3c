import type { Command } from "commander";
import { EXIT } from "../exit-codes.ts";
import { run, secretsCommand, secretsGroup, type CommonOptions } from "../frame.ts";

export function migrateCommand(): Command {
  return secretsGroup(
    {
      name: "migrate",
      description: "Moves secrets from where they are into this project.",
      examples: [["npx secrets migrate read .env", "what a file holds"]],
    },
    [readCommand()],
  );
}

interface ReadOptions extends CommonOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

function readCommand(): Command {
  return secretsCommand({
    name: "read",
    description: "Shows what sources hold, by name, without changing anything.",
    examples: [
      ["npx secrets migrate read .env values.yaml", "files"],
      ["npx secrets migrate read overlays/prod", "a kustomization, or a folder of manifests"],
      ["npx secrets migrate read live:shop", "the Secrets of a namespace"],
    ],
  })
    .argument("<source...>", ".env files, Helm values, manifests, folders, or live:<namespace>")
    .option("--kubeconfig <file>", "kubeconfig for live: sources (default: KUBECONFIG, or ~/.kube/config)")
    .option("--context <name>", "its context (default: the current one)")
    .action((sources: readonly string[], options: ReadOptions) =>
      run(options, async ({ print, progress }) => {
        const { readSources } = await import("../../operations/migrate/sources/index.ts");
        const { secretsOfCluster } = await import("../../operations/migrate/sources/live.ts");
        const { machineFiles } = await import("../../operations/migrate/files.ts");
        const { byName } = await import("../../operations/migrate/selection.ts");
        const { readingText } = await import("../text/reading.ts");
        progress.step(`reading ${sources.join(", ")}`);
        const { kubeconfig, context } = options;
        const found = await readSources({
          sources,
          files: machineFiles,
          cluster: () => secretsOfCluster({ ...(kubeconfig && { kubeconfig }), ...(context && { context }) }),
          selection: byName,
        });
        print({ text: () => readingText(found), data: found });
        return found.issues.length > 0 ? EXIT.refused : EXIT.done;
      }),
    );
}
