import { ExpectedError } from "../../components/support/messages/errors.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import { stacksOf } from "../fleet/parts-reader.ts";
import type { Choice } from "./choice.ts";
import { rotateLeaked, roundsOf } from "./leak.ts";
import { isOpen, type LeakEntry, type LeakJournal } from "./leak-journal.ts";
import { goneNote, leakFirst, previousVersionsOf, stillRotated } from "./leak-remainder.ts";
import { endedNote, epochsMoved, forgetMoved, isEnded, noteMoved } from "./moved-epochs.ts";
import { isSound, type PlannedRotation, type Remark, type RotationReport } from "./model.ts";
import { disableOldVersions, findOldVersions } from "./old-versions.ts";
import { refuseMoved, refuseRolledBack } from "./refusals.ts";
import { lookAt, plannedOf } from "./situation.ts";
import { standingOf, unfinished } from "./standing.ts";
import { step, type RotationTools } from "./tools.ts";
import { RotationStopped, runUp } from "./up.ts";
import { openingAt } from "./windows.ts";

export interface RotateOptions {
  readonly choice: Choice;
  /** `plan` changes nothing; `move` writes epochs for a run to follow; `run` carries them out. */
  readonly mode: "plan" | "move" | "run";
  /** Whether the values are known to others: two accounts by turns are both changed, and old versions are told of. */
  readonly leaked: boolean;
  /** Whether the versions before are made unreadable in stores, after a leak, once everything is verified. Default: no. */
  readonly disableOldVersions?: boolean;
  /** Whether a rotation may begin outside of the windows of the environment's policy. One after a leak always may. */
  readonly outsideWindows: boolean;
  /** How long another run is waited for, in milliseconds. */
  readonly waitMs: number;
}

/**
 * Rotates secrets: moves their epochs, has the engine carry them out, and looks at every Secret afterwards. A secret whose
 * earlier rotation is not finished gets no new epoch: that rotation is finished. So what was interrupted is finished by
 * the same call, and nothing is left to do for it where another run has finished it meanwhile.
 *
 * @throws RequestError, ExpectedError before anything was changed.
 * @throws RotationStopped on the way; the same call goes on.
 */
export async function rotate(tools: RotationTools, options: RotateOptions): Promise<RotationReport> {
  const noted = await tools.journal.read();
  const environment = await tools.load();
  const { journal, gone } = stillRotated(noted, environment);
  if (!options.leaked && journal?.secrets.some(isOpen) === true && options.mode !== "plan")
    throw leakFirst(tools, journal);
  const moved = options.leaked ? new Map<string, string>() : epochsMoved(await tools.moved.read(), tools.now());
  const situation = { ...(await lookAt(tools, environment, options)), moved };
  const { secrets } = situation;
  refuseRolledBack(tools, situation);
  const others = (situation.kept === undefined ? [] : unfinished(environment.secrets, situation.kept)).filter(
    (each) => !secrets.includes(each),
  );
  const rounds = (spec: SecretSpec) => (options.leaked ? roundsOf(environment, spec) : 1);
  const planned = [
    ...secrets.map((spec) => ({ ...plannedOf(situation, spec, tools.now()), asked: true, rounds: rounds(spec) })),
    ...others.map((spec) => ({ ...plannedOf(situation, spec, tools.now()), asked: false, rounds: 1 as const })),
  ];
  const report: RotationReport = {
    schemaVersion: 1,
    stack: tools.stack,
    stacks: planned.length === 0 ? [] : stacksOf(environment, idsOf(planned), tools.stack),
    outcome: "planned",
    rotations: planned,
    leftOut: situation.leftOut,
    verified: [],
    remarks: [],
    previousVersions: options.leaked ? previousVersionsOf(environment, secrets) : [],
    notes: [
      ...situation.notes,
      ...gone.map(({ id }) => goneNote(id, noted)),
      ...planned.filter(isEnded).map(({ id }) => endedNote(id)),
    ],
  };
  if (planned.length === 0 && (journal === undefined || !options.leaked)) return { ...report, outcome: "nothing" };
  const closed = closedNow(environment, options, tools.now());
  if (options.mode === "plan") {
    const notes = closed === undefined ? report.notes : [...report.notes, closed];
    if (options.disableOldVersions !== true) return { ...report, notes };
    return { ...report, notes, oldVersions: await findOldVersions(tools, environment, secrets) };
  }
  if (closed !== undefined && beginsOne(report, options)) return waiting(report, closed, options);
  if (options.mode === "run") refuseMoved(tools, situation, { others, choice: options.choice });
  if (options.mode === "move") {
    await move(tools, planned);
    return { ...report, outcome: "moved" };
  }
  const done = await carryOut(tools, { report, options, journal, gone });
  // Nothing was left to do of it, and whoever reads this report is told of what is gone.
  if (!options.leaked && noted !== undefined) await tools.journal.remove();
  return done;
}

function idsOf(rotations: readonly PlannedRotation[]): readonly string[] {
  return rotations.map(({ id }) => id);
}

/** Why no rotation may begin now by the environment's policy, and when the next one may. */
function closedNow({ policy, name }: Environment, options: RotateOptions, now: Date): string | undefined {
  if (options.leaked || options.outsideWindows) return undefined;
  const opening = openingAt(policy.rotation, now);
  if (opening.open) return undefined;
  const next = opening.next === undefined ? "none opens within a year" : `the next one may at ${opening.next}`;
  return `No rotation may begin in environment ${name} now: ${opening.reason}; ${next}`;
}

/** Whether a rotation begins: what has begun is finished at any time, and people may change a description at any time. */
function beginsOne({ rotations }: RotationReport, { choice, mode }: RotateOptions): boolean {
  return (mode === "run" || choice.kind === "due") && rotations.some(({ from, to }) => from !== to);
}

/** What is due waits for the next window. What people name is refused. */
function waiting(report: RotationReport, closed: string, { choice }: RotateOptions): RotationReport {
  const ids = idsOf(report.rotations).join(", ");
  if (choice.kind === "due")
    return { ...report, rotations: [], stacks: [], outcome: "nothing", notes: [`${closed}. It waits: ${ids}`] };
  throw new ExpectedError(
    `${closed}. Nothing was changed.\n    fix: wait for it\n    or, if it can't wait: the same command with --outside-windows; after a leak: --leaked`,
  );
}

interface CarryOutArgs {
  readonly report: RotationReport;
  readonly options: RotateOptions;
  readonly journal: LeakJournal | undefined;
  readonly gone: readonly LeakEntry[];
}

async function carryOut(
  tools: RotationTools,
  { report, options, journal, gone }: CarryOutArgs,
): Promise<RotationReport> {
  const { waitMs, leaked } = options;
  if (leaked) {
    const { except = [] } = options.choice;
    await rotateLeaked(tools, { planned: report.rotations, journal, gone, except, waitMs });
  } else {
    await noteMoved(tools, report.rotations);
    await move(tools, report.rotations);
    await runUp(tools, { ids: idsOf(report.rotations), waitMs });
  }
  const environment = await tools.load();
  const epochs = new Map(environment.secrets.map(({ id, epoch }) => [id, epoch]));
  const rotations = report.rotations.map((each) => ({ ...each, to: epochs.get(each.id) ?? each.to }));
  const ids = idsOf(rotations);
  await finished(tools, environment, ids);
  // What is interrupted from here on is rotated to its end.
  if (tools.signal?.aborted === true) {
    await forgetMoved(tools, rotations);
    return { ...report, outcome: "rotated", rotations, remarks: [notLookedAt(tools)] };
  }
  step(tools, "looking at the Secrets");
  const verified: RotationReport = {
    ...report,
    outcome: "rotated",
    rotations,
    ...(await tools.verify(environment, ids)),
  };
  await forgetMoved(tools, rotations);
  if (options.disableOldVersions !== true) return verified;
  // What reads an old version still is one of the things that the doctor names.
  if (!isSound({ ...verified, leftOut: [] })) {
    return {
      ...verified,
      notes: [...verified.notes, "Old versions are left as they are, since not everything is sound"],
    };
  }
  return { ...verified, oldVersions: await disableOldVersions(tools, environment, verified) };
}

function notLookedAt({ stack }: RotationTools): Remark {
  return { text: "interrupted before the Secrets were looked at", fix: `npx secrets doctor --stack ${stack}` };
}

/** Writes the epochs of what has to be moved. */
async function move(tools: RotationTools, planned: readonly PlannedRotation[]): Promise<void> {
  const moved = planned.filter(({ from, to }) => from !== to);
  if (moved.length === 0) return;
  step(tools, `moving the epochs of ${moved.map(({ id }) => id).join(", ")}`);
  await tools.moveEpochs({ epochs: new Map(moved.map(({ id, to }) => [id, to])) });
}

/** What was run is in the state to its end. */
async function finished(tools: RotationTools, { secrets }: Environment, ids: readonly string[]): Promise<void> {
  const answer = await tools.state();
  if ("refused" in answer) return;
  const left = secrets.filter((spec) => ids.includes(spec.id) && standingOf(spec, answer.value.kept) !== "done");
  if (left.length === 0) return;
  throw new RotationStopped(
    `pulumi up ended, and the state does not have the rotation of ${left.map(({ id }) => id).join(", ")} to its end.\n` +
      "    fix: run the same command again",
  );
}
