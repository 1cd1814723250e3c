import { journalFile, type JournalFile } from "../../journal-file.ts";
import { journalSchema, type Journal } from "./model.ts";

/** The journal of an environment, `.secrets/migration.<environment>.json` in the folder of the project. */
export function migrationJournalFile(root: string, environment: string): JournalFile<Journal> {
  return journalFile({
    root,
    name: `migration.${environment}`,
    schema: journalSchema,
    of: "a migration",
    fix: "restore it; without it, a migration begins anew, and finds what is done already",
  });
}
