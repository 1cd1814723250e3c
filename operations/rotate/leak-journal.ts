import { z } from "zod";
import { journalFile, type JournalFile } from "../journal-file.ts";

const entry = z.strictObject({
  /** `<app>/<secret>`. */
  id: z.string(),
  /** How often it is to be rotated. */
  rounds: z.union([z.literal(1), z.literal(2)]),
  /** How often it was. */
  done: z.int().min(0),
  /** Epoch of the rotation that is under way. */
  epoch: z.string().optional(),
});
export type LeakEntry = z.output<typeof entry>;

/** What a rotation after a leak has done so far: names and times, never a value. */
export const leakJournalSchema = z.strictObject({
  version: z.literal(1),
  stack: z.string(),
  since: z.iso.datetime(),
  secrets: z.array(entry),
});
export type LeakJournal = z.output<typeof leakJournalSchema>;

/** Whether a secret is to be rotated once more. */
export function isOpen({ done, rounds }: LeakEntry): boolean {
  return done < rounds;
}

/** The journal of a stack, `.secrets/leak.<stack>.json` in the folder of the project. */
export function leakJournalFile(root: string, stack: string): JournalFile<LeakJournal> {
  return journalFile({
    root,
    name: `leak.${stack}`,
    schema: leakJournalSchema,
    of: "a rotation after a leak",
    fix: "remove it; the rotation then begins anew, and rotates what was rotated already once more",
  });
}
