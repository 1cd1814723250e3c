import { z } from "zod";
import { journalFile, type JournalFile } from "../journal-file.ts";

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
