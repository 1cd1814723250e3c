import path from "node:path";
import type { Command } from "commander";
import { EXIT } from "../exit-codes.ts";
import { run, secretsCommand, type CommonOptions } from "../frame.ts";

interface DoctorOptions extends CommonOptions {
  readonly stack?: string;
}

export function doctorCommand(): Command {
  return secretsCommand({
    name: "doctor",
    description: "Finds the first broken link between a value and the application that reads it. Changes nothing.",
    examples: [
      ["npx secrets doctor prod", "every Secret of an environment"],
      ["npx secrets doctor mlflow --stack prod", "those of a namespace"],
      ["npx secrets doctor mlflow/mlflow-db-secret", "one, in the selected stack"],
    ],
  })
    .argument("[target]", "<namespace>/<secret>, a namespace, or an environment")
    .option("--stack <name>", "stack of the environment (default: the one that `pulumi stack select` chose)")
    .addHelpText("after", "\nExit code 1 where something is broken, to be done, or can't be known.")
    .action((target: string | undefined, options: DoctorOptions) =>
      run(options, async ({ root, print, progress }) => {
        const { stackOf } = await import("../stack.ts");
        const { loadStack } = await import("../../preview/preview.ts");
        const { examine } = await import("../../operations/doctor/examine.ts");
        const { kubernetesReader } = await import("../../operations/doctor/kubernetes.ts");
        const { pulumiReader } = await import("../../operations/doctor/engine-reader.ts");
        const { openExaminer } = await import("../../operations/doctor/stores.ts");
        const { isSound } = await import("../../operations/doctor/report.ts");
        const { doctorText } = await import("../text/doctor.ts");
        const { stack, rest } = await stackOf({ root, target, chosen: options.stack });
        const now = new Date();
        progress.step(`reading the description of ${stack}`);
        const environment = await loadStack({ root, stack, now });
        const report = await examine({
          environment,
          stack,
          now,
          ...(rest === undefined ? {} : { target: rest }),
          // The program runs in the folder of its project, so that is where its paths begin.
          reader: ({ kubeconfig, ...spec }) =>
            kubernetesReader({
              ...spec,
              ...(kubeconfig === undefined ? {} : { kubeconfig: path.resolve(root, kubeconfig) }),
            }),
          store: (store) => openExaminer(store, (name) => process.env[name]),
          engine: pulumiReader({ root }),
          onProgress: (text) => progress.step(text),
        });
        print({ text: () => doctorText(report), data: report });
        return isSound(report) ? EXIT.done : EXIT.found;
      }),
    );
}
