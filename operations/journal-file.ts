import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import { ExpectedError } from "../components/support/messages/errors.ts";
import { writeWhole } from "./own-file.ts";

/** Where work of several steps notes what it has done, so that it is finished by running it again. */
export interface JournalFile<T> {
  /** `undefined` where no such work is under way. */
  readonly read: () => Promise<T | undefined>;
  readonly write: (journal: T) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export interface JournalFileArgs<T> {
  /** Folder of the project. */
  readonly root: string;
  /** Name in its folder `.secrets`, without `.json`. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** What keeps the journal, for whoever reads that a file is none: `a migration`. */
  readonly of: string;
  /** What to do about a file that is none. */
  readonly fix: string;
}

/** A journal, `.secrets/<name>.json` in the folder of the project. Reading it throws ExpectedError where it is none. */
export function journalFile<T>({ root, name, schema, of, fix }: JournalFileArgs<T>): JournalFile<T> {
  const file = path.join(root, ".secrets", `${name}.json`);
  return {
    read: async () => {
      let text: string;
      try {
        text = await readFile(file, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw new ExpectedError(`${file}: can't be read\n    fix: check who may read it`);
      }
      const parsed = schema.safeParse(json(text));
      if (parsed.success) return parsed.data;
      throw new ExpectedError(`${file}: is no journal of ${of}\n    fix: ${fix}`);
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
