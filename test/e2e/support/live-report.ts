import path from "node:path";
import { reportText } from "../../../cli/text/report.ts";
import { kubernetesReader } from "../../../operations/doctor/kubernetes.ts";
import { openExaminer } from "../../../operations/doctor/stores.ts";
import { withIssuedCredentials } from "../../../operations/report/issued-credentials.ts";
import { withLastSync } from "../../../operations/report/last-sync.ts";
import { withNativeRotation } from "../../../operations/report/native-rotation.ts";
import { reportOf } from "../../../operations/report/report.ts";
import type { Report } from "../../../operations/report/schema.ts";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import { loadStack } from "../../../preview/preview.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import { connection } from "./platform.ts";
import { transcripts, type StackOptions } from "./stacks.ts";

/** What `npx secrets report --live` puts together of a stack. What it prints is kept for the leak scan. */
export async function liveReport({ stack = "", catalogue }: StackOptions): Promise<Report> {
  const root = path.join(connection().root, "project");
  const env = { ...process.env, ...connectionEnvironment(connection()) };
  const environment = await loadStack({
    root,
    stack,
    ...(catalogue === undefined ? {} : { catalogue }),
    policies: { ...environments, [stack]: sandbox },
  });
  const described = reportOf({ environment, stack, asOf: new Date().toISOString().slice(0, 10) });
  const open = (store: Parameters<typeof openExaminer>[0]) => openExaminer(store, (name) => env[name]);
  const rotated = await withNativeRotation(described, environment, open);
  const issued = await withIssuedCredentials(rotated, environment, open);
  const report = await withLastSync(issued, (name) => kubernetesReader(environment.clusters.get(name)?.spec ?? {}));
  transcripts.push({ title: `report of ${stack}`, text: reportText(report) });
  return report;
}
