import type { Command } from "commander";
import { run, secretsCommand } from "../frame.ts";
import type { FilesOptions } from "../fleet/files.ts";

/**
 * Image of the Pulumi that the program is tried with. Its `node` is 24 or newer: `fnm alias 24 default` in
 * `docker/pulumi/Dockerfile` of pulumi/pulumi-docker-containers at 015edcc5, and its changelog (20 dropped, 26 added before
 * 3.263), read on 2026-11-30.
 */
const usualImage = "pulumi/pulumi:3.259.0-nonroot";

export function filesCommand(): Command {
  return secretsCommand({
    name: "files",
    description:
      "Prints what deploys all parts from a repository: objects for the Pulumi Kubernetes Operator, or a script.",
    examples: [
      [
        "npx secrets fleet files prod --for operator --repository https://github.com/acme/secrets --backend s3://acme-state > operator.yaml",
        "a Stack for each part",
      ],
      [
        "npx secrets fleet files prod --for deployments --repository https://github.com/acme/secrets --organization acme > deployments.sh",
        "settings of Pulumi Deployments",
      ],
    ],
    exits: { 0: "printed", 2: "refused: the environment, or an option. Nothing was printed" },
  })
    .argument("<environment>", "name of the environment")
    .requiredOption("--for <deployer>", "operator (Pulumi Kubernetes Operator, v2) or deployments (Pulumi Deployments)")
    .requiredOption("--repository <url>", "repository of this project, without credentials")
    .option("--branch <name>", "branch that is deployed", "main")
    .option("--organization <name>", "organization of the stacks, with state in Pulumi Cloud", "organization")
    .option("--backend <url>", "where the state is, without credentials (default: Pulumi Cloud for deployments)")
    .option("--namespace <name>", "with --for operator: namespace of the Stack objects", "pulumi")
    .option("--image <name>", "with --for operator: image with the Pulumi CLI and Node 22.18 or newer", usualImage)
    .action((environment: string, options: FilesOptions) =>
      run(options, async ({ root, progress, print }) => {
        const { fleetFiles } = await import("../fleet/files.ts");
        progress.step(`reading the description of ${environment}`);
        const { text, data } = await fleetFiles(root, environment, options);
        return print({ text: () => text, data });
      }),
    );
}
