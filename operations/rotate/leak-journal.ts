import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { writeWhole } from "../own-file.ts";

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

/** Where it is noted. */
export interface LeakJournalFile {
  /** `undefined` where none is under way. */
  readonly read: () => Promise<LeakJournal | undefined>;
  readonly write: (journal: LeakJournal) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** The journal of a stack, `.secrets/leak.<stack>.json` in the folder of the project. */
export function leakJournalFile(root: string, stack: string): LeakJournalFile {
  const file = path.join(root, ".secrets", `leak.${stack}.json`);
  return {
    read: async () => {
      let text: string;
      try {
        text = await readFile(file, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw new ExpectedError(`${file}: can't be read\n    fix: check who may read it`);
      }
      const parsed = leakJournalSchema.safeParse(json(text));
      if (parsed.success) return parsed.data;
      throw new ExpectedError(
        `${file}: is no journal of a rotation after a leak\n    fix: remove it; the rotation then begins anew, and rotates what was rotated already once more`,
      );
    },
    write: async (journal) => {
      await mkdir(path.dirname(file), { recursive: true });
      await writeWhole(file, `${JSON.stringify(journal, undefined, 2)}\n`);
    },
    remove: () => rm(file, { force: true }),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
