import { setTimeout } from "node:timers/promises";
import { syncsOf, type Report, type Sync } from "./report.ts";

export interface FixArgs {
  /** Looks again. */
  readonly look: () => Promise<Report>;
  /** Has the operator read a store again; says why it could not, if so. */
  readonly sync: (what: Sync) => Promise<{ readonly refused?: string }>;
  /** Called before something is done, and where it fails. */
  readonly note: (line: string) => void;
  /** Pause between two looks, in milliseconds. Default: 1,000. */
  readonly pause?: number;
}

/** Looks at most: the operator reads a store in well under a second, and what it waits for may take longer. */
const mostLooks = 10;

/**
 * Does what is safe about the first broken links of a report, after saying so: has the operator read the store again. Looks
 * until that is not asked for any more, or ten times.
 *
 * @returns what is found then; the same report where nothing is to be done.
 */
export async function fixed(report: Report, { look, sync, note, pause = 1_000 }: FixArgs): Promise<Report> {
  const wanted = syncsOf(report);
  if (wanted.length === 0) return report;
  for (const each of wanted) {
    const { cluster, namespace, externalSecret } = each;
    const subject = `ExternalSecret ${namespace}/${externalSecret} in cluster ${cluster}`;
    note(`${subject}: the operator is asked to read the store again`);
    const { refused } = await sync(each);
    if (refused !== undefined) note(`${subject}: it could not be asked: ${refused}`);
  }
  let newest = report;
  for (let looks = 0; looks < mostLooks; looks += 1) {
    await setTimeout(pause);
    newest = await look();
    if (syncsOf(newest).length === 0) break;
  }
  return newest;
}
