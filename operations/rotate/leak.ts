import { keepsPrevious, retiresPrevious } from "../../components/targets/kinds.ts";
import { accountsOf, type Environment } from "../../stacks/config/environment.ts";
import { initialEpoch, type SecretSpec } from "../../components/values/secret-spec.ts";
import type { LeakEntry, LeakJournal } from "./leak-journal.ts";
import type { PlannedRotation } from "./model.ts";
import { nextEpoch } from "./next-epoch.ts";
import { alternates } from "./steps.ts";
import { step, type RotationTools } from "./tools.ts";
import { runUp } from "./up.ts";

export interface LeakArgs {
  readonly planned: readonly PlannedRotation[];
  /** What an interrupted call has noted. */
  readonly journal: LeakJournal | undefined;
  /** What it notes and nobody can rotate any more: noted on until the others are done, so that every call says so. */
  readonly gone: readonly LeakEntry[];
  /** Ids of secrets that this call leaves as they are, whatever the journal says of them. */
  readonly except: readonly string[];
  readonly waitMs: number;
}

/**
 * How often a secret is rotated after a leak: of two accounts by turns, one rotation changes one, and some targets accept the value
 * before until the next rotation.
 */
export function roundsOf(environment: Pick<Environment, "accounts">, spec: Pick<SecretSpec, "id" | "keys">): 1 | 2 {
  const keeps = accountsOf(environment, spec.id).some((each) => keepsPrevious(each.target) && !retiresPrevious(each));
  return alternates(spec) || keeps ? 2 : 1;
}

/**
 * Rotates each secret as often as it takes until no leaked value is accepted any more. What an earlier rotation has begun
 * is finished first, since its value may be leaked as well. The journal says which epochs are of this call.
 */
export async function rotateLeaked(
  tools: RotationTools,
  { planned, journal, gone, except, waitMs }: LeakArgs,
): Promise<void> {
  const { secrets, ...whole } = joined(tools, planned, journal);
  const epochs = new Map((await tools.load()).secrets.map(({ id, epoch }) => [id, epoch]));
  const isUnderWay = ({ id, epoch }: LeakEntry) => epoch !== undefined && epoch === epochs.get(id);
  // What was rotated once already, or is finished by this call, is noted on: one of its values may be accepted still.
  let later = secrets.filter((each) => except.includes(each.id) && (each.done > 0 || isUnderWay(each)));
  const write = (next: LeakJournal) => tools.journal.write({ ...next, secrets: [...next.secrets, ...later, ...gone] });
  let notes: LeakJournal = { ...whole, secrets: secrets.filter(({ id }) => !except.includes(id)) };
  await write(notes);
  const own = new Map(notes.secrets.map(({ id, epoch }) => [id, epoch]));
  const earlier = planned.filter(({ id, from, to }) => from === to && own.get(id) !== from).map(({ id }) => id);
  if (earlier.length > 0) {
    step(tools, `finishing the rotation of ${earlier.join(", ")}`);
    await runUp(tools, { ids: earlier, waitMs });
  }
  if (later.some(isUnderWay)) {
    later = later.map((each) => (isUnderWay(each) ? ended(each) : each)).filter(isOpen);
    await write(notes);
  }
  for (let left = open(notes); left.length > 0; left = open(notes)) {
    notes = await begun(tools, notes, write);
    await runUp(tools, { ids: left.map(({ id }) => id), waitMs });
    notes = { ...notes, secrets: notes.secrets.map(ended) };
    await write(notes);
  }
  if (later.length === 0) await tools.journal.remove();
}

function joined(
  { stack, now }: RotationTools,
  planned: readonly PlannedRotation[],
  journal: LeakJournal | undefined,
): LeakJournal {
  const known = journal?.secrets ?? [];
  const added = planned
    .filter(({ id, asked }) => asked && !known.some((each) => each.id === id))
    .map(({ id, rounds }): LeakEntry => ({ id, rounds, done: 0 }));
  return { version: 1, stack, since: journal?.since ?? now().toISOString(), secrets: [...known, ...added] };
}

function open({ secrets }: LeakJournal): readonly LeakEntry[] {
  return secrets.filter(isOpen);
}

/** Whether a secret is to be rotated once more. */
export function isOpen({ done, rounds }: LeakEntry): boolean {
  return done < rounds;
}

/** Gives each secret that is left the epoch of its next rotation: first in the journal, then in the stack's file. */
async function begun(
  tools: RotationTools,
  notes: LeakJournal,
  write: (notes: LeakJournal) => Promise<void>,
): Promise<LeakJournal> {
  const environment = await tools.load();
  const current = new Map(environment.secrets.map(({ id, epoch }) => [id, epoch]));
  // What is no longer in the catalogue has no value to rotate.
  const present = notes.secrets.filter(({ id }) => current.has(id));
  const secrets = present.map((each) => (each.done < each.rounds ? withEpoch(each, current, tools.now()) : each));
  const next = { ...notes, secrets };
  await write(next);
  const moved = open(next).filter(({ id, epoch }) => epoch !== current.get(id));
  if (moved.length > 0) {
    step(tools, `moving the epochs of ${moved.map(({ id }) => id).join(", ")}`);
    const epochs = new Map(moved.flatMap(({ id, epoch }) => (epoch === undefined ? [] : [[id, epoch]])));
    // What was leaked must not stay valid beside the new value.
    const holding = environment.secrets.filter(({ keys }) =>
      Object.values(keys).some(({ kind }) => kind === "previous"),
    );
    const ids = new Set(holding.map(({ id }) => id));
    await tools.moveEpochs({ epochs, retired: new Map([...epochs].filter(([id]) => ids.has(id))) });
  }
  return next;
}

/** An epoch that was noted, and not written before the call ended, is written now. */
function withEpoch(entry: LeakEntry, current: ReadonlyMap<string, string>, now: Date): LeakEntry {
  const present = current.get(entry.id) ?? "";
  const isNoted = entry.epoch !== undefined && (present === initialEpoch || entry.epoch >= present);
  return isNoted ? entry : { ...entry, epoch: nextEpoch(present, now) };
}

function ended({ epoch, ...entry }: LeakEntry): LeakEntry {
  return epoch === undefined ? entry : { ...entry, done: entry.done + 1 };
}
