import { z } from "zod";
import { journalFile, type JournalFile } from "../journal-file.ts";
import type { PlannedRotation } from "./model.ts";

const entry = z.strictObject({
  epoch: z.string(),
  /** When the call moved it, or went on with it. */
  since: z.iso.datetime(),
});

/** Epochs that calls have moved and not seen to their end: names and times, never a value. */
export const movedEpochsSchema = z.strictObject({
  version: z.literal(1),
  stack: z.string(),
  /** By `<app>/<secret>`. */
  epochs: z.record(z.string(), entry),
});
export type MovedEpochs = z.output<typeof movedEpochsSchema>;

/** After that long people who type the command again mean another rotation, in milliseconds. */
const memory = 24 * 3_600_000;

/**
 * What calls of a stack have moved, `.secrets/rotation.<stack>.json` in the folder of the project: where another run finishes it, the same
 * command must not rotate once more. Of two accounts by turns that would change the one that clients use still.
 */
export function movedEpochsFile(root: string, stack: string): JournalFile<MovedEpochs> {
  return journalFile({
    root,
    name: `rotation.${stack}`,
    schema: movedEpochsSchema,
    of: "a rotation",
    fix: "remove it; a rotation that another run has finished meanwhile is then begun once more",
  });
}

/** Epochs that earlier calls have moved, by secret. Pure. */
export function epochsMoved(noted: MovedEpochs | undefined, now: Date): ReadonlyMap<string, string> {
  return new Map(remembered(noted, now).map(([id, { epoch }]) => [id, epoch]));
}

function remembered(noted: MovedEpochs | undefined, now: Date) {
  return Object.entries(noted?.epochs ?? {}).filter(([, { since }]) => now.getTime() - Date.parse(since) <= memory);
}

interface Noting {
  readonly stack: string;
  readonly now: () => Date;
  readonly moved: JournalFile<MovedEpochs>;
}

/**
 * Notes which epochs are of this call, before they are moved: the same call goes on with them, whoever carries them out. Those of other
 * calls stay noted.
 */
export async function noteMoved({ stack, now, moved }: Noting, planned: readonly PlannedRotation[]): Promise<void> {
  const since = now().toISOString();
  const own = planned.filter(({ asked }) => asked).map(({ id, to }) => [id, { epoch: to, since }] as const);
  const epochs = Object.fromEntries([...remembered(await moved.read(), now()), ...own]);
  await moved.write({ version: 1, stack, epochs });
}

/** Notes that what this call was asked for is at its end. */
export async function forgetMoved({ stack, now, moved }: Noting, planned: readonly PlannedRotation[]): Promise<void> {
  const own = new Set(planned.filter(({ asked }) => asked).map(({ id }) => id));
  const others = remembered(await moved.read(), now()).filter(([id]) => !own.has(id));
  await (others.length === 0 ? moved.remove() : moved.write({ version: 1, stack, epochs: Object.fromEntries(others) }));
}

/** Whether another run has finished what an earlier call began. */
export function isEnded({ before, from, to }: PlannedRotation): boolean {
  return before === "done" && from === to;
}

export function endedNote(id: string): string {
  return `${id} was rotated to its end since this command stopped, and gets no other value. For another rotation, run it once more`;
}
