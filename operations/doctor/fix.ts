import { setTimeout } from "node:timers/promises";
import { restartsOf, syncsOf, type Report, type Restart, type Sync } from "./report.ts";

export interface FixArgs {
  /** Looks again. */
  readonly look: () => Promise<Report>;
  /** Has the operator read a store again; says why it could not, if so. */
  readonly sync: (what: Sync) => Promise<{ readonly refused?: string }>;
  /** Restarts a workload, Pod after Pod; says why it could not, if so. */
  readonly restart: (what: Restart) => Promise<{ readonly refused?: string }>;
  /** Asks whoever runs it; `undefined` where nobody can be asked. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  /** Called before something is done, and where it fails. */
  readonly note: (line: string) => void;
  /** Pause between two looks, in milliseconds. Default: 1,000. */
  readonly pause?: number;
}

/** Looks at most: the operator reads a store in well under a second, and what it waits for may take longer. */
const mostLooks = 10;

/**
 * Does what is safe about the first broken links of a report, after saying so: has the operator read the store again. Then
 * restarts the workloads that hold an earlier value, each after somebody agreed. Looks until nothing of it is left to do, or
 * ten times each.
 *
 * @returns what is found then; the same report where nothing is to be done.
 */
export async function fixed(report: Report, args: FixArgs): Promise<Report> {
  return restarted(await synced(report, args), args);
}

async function synced(report: Report, { look, sync, note, pause }: FixArgs): Promise<Report> {
  const wanted = syncsOf(report);
  if (wanted.length === 0) return report;
  for (const each of wanted) {
    const { cluster, namespace, externalSecret } = each;
    const subject = `ExternalSecret ${namespace}/${externalSecret} in cluster ${cluster}`;
    note(`${subject}: the operator is asked to read the store again`);
    const { refused } = await sync(each);
    if (refused !== undefined) note(`${subject}: it could not be asked: ${refused}`);
  }
  return looked(report, look, (newest) => syncsOf(newest).length === 0, pause);
}

async function restarted(report: Report, { look, restart, confirm, note, pause }: FixArgs): Promise<Report> {
  const done: Restart[] = [];
  for (const each of restartsOf(report)) {
    const { cluster, namespace, workload } = each;
    const subject = `${workload} in namespace ${namespace} of cluster ${cluster}`;
    const agreed = await confirm(`${subject} may have an earlier value. Restart it, Pod after Pod?`);
    if (agreed === undefined) note(`${subject}: not restarted, since nobody can be asked here`);
    if (agreed !== true) continue;
    const { refused } = await restart(each);
    if (refused !== undefined) {
      note(`${subject}: it could not be restarted: ${refused}`);
      continue;
    }
    note(`${subject}: it is being restarted`);
    done.push(each);
  }
  if (done.length === 0) return report;
  const isLeft = (left: Restart) => done.some((each) => JSON.stringify(each) === JSON.stringify(left));
  return looked(report, look, (newest) => !restartsOf(newest).some(isLeft), pause);
}

async function looked(
  report: Report,
  look: FixArgs["look"],
  isDone: (report: Report) => boolean,
  pause = 1_000,
): Promise<Report> {
  let newest = report;
  for (let looks = 0; looks < mostLooks; looks += 1) {
    await setTimeout(pause);
    newest = await look();
    if (isDone(newest)) break;
  }
  return newest;
}
