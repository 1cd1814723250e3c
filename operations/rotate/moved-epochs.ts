import { z } from "zod";
import { journalFile, type JournalFile } from "../journal-file.ts";
import type { PlannedRotation } from "./model.ts";

/** Epochs that a call has moved and not seen to their end: names and times, never a value. */
export const movedEpochsSchema = z.strictObject({
  version: z.literal(1),
  stack: z.string(),
  /** When the call moved them, or went on with them. */
  since: z.iso.datetime(),
  /** By `<app>/<secret>`. */
  epochs: z.record(z.string(), z.string()),
});
export type MovedEpochs = z.output<typeof movedEpochsSchema>;

/** After that long people who type the command again mean another rotation, in milliseconds. */
const memory = 24 * 3_600_000;

/**
 * What a call of a stack has moved, `.secrets/rotation.<stack>.json` in the folder of the project: where another run finishes it, the same
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

/** Epochs that an earlier call has moved, by secret. Pure. */
export function epochsMoved(noted: MovedEpochs | undefined, now: Date): ReadonlyMap<string, string> {
  if (noted === undefined || now.getTime() - Date.parse(noted.since) > memory) return new Map();
  return new Map(Object.entries(noted.epochs));
}

interface Noting {
  readonly stack: string;
  readonly now: () => Date;
  readonly moved: JournalFile<MovedEpochs>;
}

/** Notes which epochs are of this call, before they are moved: the same call goes on with them, whoever carries them out. */
export async function noteMoved({ stack, now, moved }: Noting, planned: readonly PlannedRotation[]): Promise<void> {
  const epochs = Object.fromEntries(planned.map(({ id, to }) => [id, to]));
  await moved.write({ version: 1, stack, since: now().toISOString(), epochs });
}

/** Whether another run has finished what an earlier call began. */
export function isEnded({ before, from, to }: PlannedRotation): boolean {
  return before === "done" && from === to;
}

export function endedNote(id: string): string {
  return `${id} was rotated to its end since this command stopped, and gets no other value. For another rotation, run it once more`;
}
