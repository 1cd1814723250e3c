import assert from "node:assert/strict";
import path from "node:path";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import { examine } from "../../../operations/doctor/examine.ts";
import { pulumiReader } from "../../../operations/doctor/engine-reader.ts";
import { kubernetesReader } from "../../../operations/doctor/kubernetes.ts";
import type { Problem, Report } from "../../../operations/doctor/report.ts";
import { openExaminer } from "../../../operations/doctor/stores.ts";
import { doctorText } from "../../../cli/text/doctor.ts";
import { loadStack } from "../../../preview/preview.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import { cli, typed } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { nudge } from "../support/nudge.ts";
import { connection } from "../support/platform.ts";
import { succeed, transcripts, type StackOptions } from "../support/stacks.ts";

export type Patient = StackOptions & { readonly stack: string };

/** What the doctor finds of a stack, asking as `npx secrets doctor` does. What it prints is kept for the leak scan. */
export async function examined({ stack, catalogue }: Patient, target?: string): Promise<Report> {
  const root = path.join(connection().root, "project");
  const env = { ...process.env, ...connectionEnvironment(connection()) };
  const environment = await loadStack({
    root,
    stack,
    ...(catalogue === undefined ? {} : { catalogue }),
    policies: { ...environments, [stack]: sandbox },
  });
  const report = await examine({
    environment,
    stack,
    now: new Date(),
    ...(target === undefined ? {} : { target }),
    reader: (spec) => kubernetesReader(spec),
    store: (store) => openExaminer(store, (name) => env[name]),
    engine: pulumiReader({ root, program: connection().binaries.pulumi, env }),
  });
  transcripts.push({ title: `doctor of ${stack}`, text: `${doctorText(report)}${JSON.stringify(report)}` });
  return report;
}

/** The problem that comes first, of a Secret or of all. */
export function firstOf({ problems }: Report, secret?: string): Problem | undefined {
  return problems.find(
    ({ first, affects }) => first && (secret === undefined || affects.some((each) => each.endsWith(`/${secret}`))),
  );
}

/** A problem as its link, its sentence and its fix. */
export function told(problem: Problem | undefined): readonly [link?: string, sentence?: string, fix?: string] {
  if (problem === undefined) return [];
  const { link, subject, problem: what, fix = "" } = problem;
  return [link, `${subject} ${what}`, fix];
}

/** Waits until the doctor's first problem is of this link: the operator notices a change by and by. */
export async function named(patient: Patient, link: string, target?: string): Promise<Report> {
  let report: Report | undefined;
  await eventually(`the doctor names ${link}`, async () => {
    report = await examined(patient, target);
    return firstOf(report)?.link === link;
  });
  assert.ok(report !== undefined);
  return report;
}

/** Types a fix as it is printed. `pulumi up` runs in this process, with the patient's catalogue. */
export async function mend(patient: Patient, fix: string | undefined): Promise<void> {
  assert.ok(fix !== undefined, "the doctor names no fix");
  if (fix === `pulumi up --refresh --stack ${patient.stack}`) {
    await succeed("up", patient, { refresh: true });
  } else if (fix === `pulumi up --stack ${patient.stack}`) {
    await succeed("up", patient);
  } else {
    const { code, output } = await typed(fix, patient.stack);
    assert.equal(code, 0, output);
  }
}

/** Waits until the doctor finds nothing. The operator repeats what failed after longer and longer pauses: it is nudged. */
export async function isContent(patient: Patient, namespace: string): Promise<void> {
  let report: Report | undefined;
  await eventually("the doctor is content", async () => {
    await nudge([namespace]);
    report = await examined(patient);
    return report.problems.length === 0;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${report === undefined ? "" : doctorText(report)}`);
  });
}

/** Takes something away or changes it by hand. */
export async function kubectl(...args: readonly string[]): Promise<void> {
  const { code, output } = await cli("kubectl", args);
  assert.equal(code, 0, output);
}

/** Makes or changes an object by hand. */
export async function apply(manifest: object): Promise<void> {
  const { code, output } = await typed(
    `cat <<'EOF' | kubectl apply -f -\n${JSON.stringify(manifest)}\nEOF\n`,
    "shared",
  );
  assert.equal(code, 0, output);
}
