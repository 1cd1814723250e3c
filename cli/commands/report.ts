import path from "node:path";
import type { Command } from "commander";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import type { Report } from "../../operations/report/schema.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import { EXIT } from "../exit-codes.ts";
import { run, secretsCommand, type CommonOptions } from "../frame.ts";

interface ReportOptions extends CommonOptions {
  readonly stack?: string;
  readonly asOf?: string;
  readonly html?: string;
  readonly live: boolean;
}

export function reportCommand(): Command {
  return secretsCommand({
    name: "report",
    description:
      "Lists every secret of an environment: age, cadence, due date, stores, who gets it, cost. Contacts nothing but with --live.",
    examples: [
      ["npx secrets report prod", "a table; exit code 1 where a secret is overdue for rotation"],
      ["npx secrets report prod --as-of 2027-03-31", "what will be overdue on that day if nothing is rotated"],
      ["npx secrets report prod --live", "with each Secret's last sync, and what Secrets Manager rotates by itself"],
      ["npx secrets report prod --json", "the same as data"],
      ["npx secrets report prod --html report.html", "one page that opens in a browser and needs no network"],
    ],
    exits: {
      0: "no secret is overdue for rotation",
      1: "a secret is overdue for rotation",
      2: "the environment, an option or the file of --html is refused",
    },
  })
    .argument("[environment]", "stack of the environment (default: the one that `pulumi stack select` chose)")
    .option("--stack <name>", "the same")
    .option("--as-of <date>", "day that ages and due dates are counted from, YYYY-MM-DD (default: today, UTC)")
    .option(
      "--live",
      "ask clusters for the last sync of each Secret, Secrets Manager for its own rotations, and Vault how long what it issues is valid; change nothing",
      false,
    )
    .option("--html <file>", "write a page to this file, and print a summary")
    .action((target: string | undefined, options: ReportOptions) =>
      run(options, async ({ root, print, progress }) => {
        const { reportedStack, dayOf } = await import("../report/options.ts");
        const { loadStack } = await import("../../preview/preview.ts");
        const { scopeOf } = await import("../../stacks/config/environment.ts");
        const { reportOf } = await import("../../operations/report/report.ts");
        const { reportText } = await import("../text/report.ts");
        const now = new Date();
        const asOf = dayOf(options.asOf, now);
        const stack = await reportedStack({ root, target, chosen: options.stack });
        progress.step(`reading the description of ${stack}`);
        const environment = scopeOf(await loadStack({ root, stack, now }));
        const described = reportOf({ environment, stack, asOf, today: dayOf(undefined, now) });
        if (options.live) progress.step("asking clusters and stores");
        const report = options.live ? await live(described, { environment, root }) : described;
        const { html } = options;
        if (html === undefined) {
          print({ text: () => reportText(report), data: report });
        } else {
          const { writeOwnFile } = await import("../../operations/own-file.ts");
          const { isReportPage, reportPage } = await import("../../operations/report/html/page.ts");
          const { summary } = await import("../../operations/report/words.ts");
          await writeOwnFile({ file: html, text: reportPage(report), isOwn: isReportPage, option: "--html" });
          print({ text: () => `${summary(report)}\n${html} is written\n`, data: report });
        }
        return report.overdue > 0 ? EXIT.found : EXIT.done;
      }),
    );
}

async function live(
  report: Report,
  { environment, root }: { readonly environment: Environment; readonly root: string },
) {
  const { kubernetesReader } = await import("../../operations/doctor/kubernetes.ts");
  const { withLastSync } = await import("../../operations/report/last-sync.ts");
  const { withNativeRotation } = await import("../../operations/report/native-rotation.ts");
  const { withIssuedCredentials } = await import("../../operations/report/issued-credentials.ts");
  const { openExaminer } = await import("../../operations/doctor/stores.ts");
  const open = (store: RemoteStoreSpec) => openExaminer(store, (name) => process.env[name]);
  const rotated = await withNativeRotation(report, environment, open);
  const issued = await withIssuedCredentials(rotated, environment, open);
  return withLastSync(issued, (name) => {
    const { kubeconfig, context } = environment.clusters.get(name)?.spec ?? {};
    return kubernetesReader({
      ...(context === undefined ? {} : { context }),
      // The program runs in the folder of its project, so that is where its paths begin.
      ...(kubeconfig === undefined ? {} : { kubeconfig: path.resolve(root, kubeconfig) }),
    });
  });
}
