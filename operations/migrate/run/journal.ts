import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { ExpectedError } from "../../../components/support/messages/errors.ts";
import { writeWhole } from "../../own-file.ts";
import { journalSchema, type Journal } from "./model.ts";

/** Where a migration notes what it has done. */
export interface JournalFile {
  /** `undefined` where no migration runs. */
  readonly read: () => Promise<Journal | undefined>;
  readonly write: (journal: Journal) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** The journal of an environment, `.secrets/migration.<environment>.json` in the folder of the project. */
export function journalFile(root: string, environment: string): JournalFile {
  const file = path.join(root, ".secrets", `migration.${environment}.json`);
  return {
    read: async () => {
      let text: string;
      try {
        text = await readFile(file, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw new ExpectedError(`${file}: can't be read\n    fix: check who may read it`);
      }
      const parsed = journalSchema.safeParse(json(text));
      if (parsed.success) return parsed.data;
      throw new ExpectedError(
        `${file}: is no journal of a migration\n    fix: restore it; without it, a migration begins anew, and finds what is done already`,
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
