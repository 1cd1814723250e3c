import path from "node:path";
import type { Command } from "commander";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import { confirmOn } from "../confirm.ts";
import { run, secretsCommand, type CommonOptions } from "../frame.ts";

interface DoctorOptions extends CommonOptions {
  readonly stack?: string;
  readonly fix: boolean;
}

export function doctorCommand(): Command {
  return secretsCommand({
    name: "doctor",
    description: "Finds the first broken link between a value and the application that reads it.",
    examples: [
      ["npx secrets doctor prod", "every Secret of an environment"],
      ["npx secrets doctor mlflow --stack prod", "those of a namespace"],
      ["npx secrets doctor mlflow/mlflow-db-secret", "one, in the selected stack"],
    ],
    exits: {
      0: "every Secret is sound",
      1: "something is broken or to be done; or a cluster, an ExternalSecret or a Secret could not be read",
      2: "the target, the stack or the configuration is refused",
    },
  })
    .argument("[target]", "<namespace>/<secret>, a namespace, or an environment")
    .option("--stack <name>", "stack of the environment (default: the one that `pulumi stack select` chose)")
    .option(
      "--fix",
      "have the operator read the store again where that can put it right, and restart workloads that you agree to",
      false,
    )
    .action((target: string | undefined, options: DoctorOptions) =>
      run(options, async ({ root, json, print, progress, note, signal }) => {
        const { stackOf } = await import("../stack.ts");
        const { loadStack } = await import("../../preview/preview.ts");
        const { examine } = await import("../../operations/doctor/examine.ts");
        const { kubernetesReader, restartWorkload, syncExternalSecret } =
          await import("../../operations/doctor/kubernetes.ts");
        const { pulumiReader } = await import("../../operations/doctor/engine-reader.ts");
        const { scopeOf } = await import("../../stacks/config/environment.ts");
        const { openExaminer } = await import("../../operations/doctor/stores.ts");
        const { fixed } = await import("../../operations/doctor/fix.ts");
        const { doctorResult } = await import("../text/doctor.ts");
        const { stack, rest } = await stackOf({ root, target, chosen: options.stack });
        progress.step(`reading the description of ${stack}`);
        const environment = scopeOf(await loadStack({ root, stack, now: new Date() }));
        // The program runs in the folder of its project, so that is where its paths begin.
        const reached = ({ kubeconfig, ...spec }: ClusterSpec) =>
          kubeconfig === undefined ? spec : { ...spec, kubeconfig: path.resolve(root, kubeconfig) };
        const specOf = (cluster: string) => {
          const spec = environment.clusters.get(cluster)?.spec;
          if (spec === undefined) throw new Error(`the environment has no cluster ${cluster}`);
          return reached(spec);
        };
        const look = () =>
          examine({
            environment,
            stack,
            now: new Date(),
            ...(rest === undefined ? {} : { target: rest }),
            reader: (spec) => kubernetesReader(reached(spec)),
            store: (store) => openExaminer(store, (name) => process.env[name]),
            engine: pulumiReader({ root }),
            onProgress: (text) => progress.step(text),
            signal,
          });
        const first = await look();
        const report = options.fix
          ? await fixed(first, {
              look,
              note,
              sync: ({ cluster, namespace, externalSecret }) =>
                syncExternalSecret(specOf(cluster), { namespace, name: externalSecret }, new Date()),
              restart: ({ cluster, ...workload }) => restartWorkload(specOf(cluster), workload, new Date()),
              confirm: (question) => {
                progress.end();
                return json ? Promise.resolve(undefined) : confirmOn(process, question, signal);
              },
            })
          : first;
        return print(doctorResult(report));
      }),
    );
}
