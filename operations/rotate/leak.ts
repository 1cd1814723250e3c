import { keepsPrevious, retiresPrevious } from "../../components/targets/kinds.ts";
import { accountsOf, type Environment } from "../../stacks/config/environment.ts";
import { isEarlier } from "../../components/values/frozen.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import { isOpen, type LeakEntry, type LeakJournal } from "./leak-journal.ts";
import type { PlannedRotation } from "./model.ts";
import { lastEpoch, nextEpoch } from "./next-epoch.ts";
import { standingOf } from "./standing.ts";
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
 * is finished first, since its value may be leaked as well, in the same run as the first one of the others: where its target is down, they
 * come to their end all the same. The journal says which epochs are of this call.
 */
export async function rotateLeaked(
  tools: RotationTools,
  { planned, journal, gone, except, waitMs }: LeakArgs,
): Promise<void> {
  const write = (next: LeakJournal) => tools.journal.write({ ...next, secrets: [...next.secrets, ...gone] });
  const isLeftOut = ({ id }: LeakEntry) => except.includes(id);
  let notes = await kept(tools, joined(tools, planned, journal), isLeftOut);
  await write(notes);
  notes = await counted(tools, notes);
  const own = new Map(notes.secrets.flatMap((each) => (isLeftOut(each) ? [] : [[each.id, each.epoch] as const])));
  let earlier = planned.filter(({ id, from, to }) => from === to && own.get(id) !== from).map(({ id }) => id);
  for (;;) {
    const left = notes.secrets.filter((each) => isOpen(each) && !isLeftOut(each) && !earlier.includes(each.id));
    const ids = [...earlier, ...left.map(({ id }) => id)];
    if (ids.length === 0) break;
    if (earlier.length > 0) step(tools, `finishing the rotation of ${earlier.join(", ")}`);
    notes = await begun(tools, notes, { left: new Set(left.map(({ id }) => id)), write });
    try {
      await runUp(tools, { ids, waitMs });
    } catch (error) {
      await write(await counted(tools, notes));
      throw error;
    }
    notes = countedBy(notes, epochsIn(await tools.load()));
    await write(notes);
    earlier = [];
  }
  if (!notes.secrets.some(isOpen)) await tools.journal.remove();
}

/**
 * The notes without what is left out, but for what was rotated once already, or is finished by this call: one of its values may be accepted
 * still.
 */
async function kept(
  tools: RotationTools,
  notes: LeakJournal,
  isLeftOut: (entry: LeakEntry) => boolean,
): Promise<LeakJournal> {
  const epochs = epochsIn(await tools.load());
  const isUnderWay = ({ id, epoch }: LeakEntry) => epoch !== undefined && epoch === epochs.get(id);
  const later = notes.secrets.filter((each) => isLeftOut(each) && (each.done > 0 || isUnderWay(each)));
  return { ...notes, secrets: [...notes.secrets.filter((each) => !isLeftOut(each)), ...later] };
}

/** Counts the rotations that are at their end, by what the state has: a run that failed at one target has finished others. */
async function counted(tools: RotationTools, notes: LeakJournal): Promise<LeakJournal> {
  const answer = await tools.state();
  if ("refused" in answer) return notes;
  const { secrets } = await tools.load();
  const done = secrets.filter((spec) => standingOf(spec, answer.value.kept) === "done");
  return countedBy(notes, epochsIn({ secrets: done }));
}

/** Counts the rotations whose epochs are done. */
function countedBy(notes: LeakJournal, done: ReadonlyMap<string, string>): LeakJournal {
  return {
    ...notes,
    secrets: notes.secrets.map(({ epoch, ...entry }) => {
      if (epoch === undefined) return entry;
      return done.get(entry.id) === epoch ? { ...entry, done: entry.done + 1 } : { ...entry, epoch };
    }),
  };
}

function epochsIn({ secrets }: Pick<Environment, "secrets">): ReadonlyMap<string, string> {
  return new Map(secrets.map(({ id, epoch }) => [id, epoch]));
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

/** Gives each secret that is left the epoch of its next rotation: first in the journal, then in the stack's file. */
async function begun(
  tools: RotationTools,
  notes: LeakJournal,
  { left, write }: { readonly left: ReadonlySet<string>; readonly write: (notes: LeakJournal) => Promise<void> },
): Promise<LeakJournal> {
  const environment = await tools.load();
  const specs = new Map(environment.secrets.map((spec) => [spec.id, spec]));
  // What is no longer in the catalogue has no value to rotate.
  const secrets = notes.secrets.flatMap((each) => {
    const spec = specs.get(each.id);
    if (spec === undefined) return [];
    return [left.has(each.id) ? withEpoch(each, spec, tools.now()) : each];
  });
  const next = { ...notes, secrets };
  await write(next);
  const moved = secrets.filter(({ id, epoch }) => left.has(id) && epoch !== specs.get(id)?.epoch);
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

/** An epoch that was noted, and not written before the call ended, is written now, unless it was rolled back. */
function withEpoch(entry: LeakEntry, spec: SecretSpec, now: Date): LeakEntry {
  const { epoch } = entry;
  const last = lastEpoch(spec);
  const isNoted = epoch !== undefined && (epoch === spec.epoch || isEarlier(last, epoch));
  return isNoted ? entry : { ...entry, epoch: nextEpoch(last, now) };
}
