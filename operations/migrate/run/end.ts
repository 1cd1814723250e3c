import { ExpectedError } from "../../../components/support/messages/errors.ts";
import type { JournalFile } from "./journal.ts";
import { migrateCommand, type Journal } from "./model.ts";

/** Ends a migration whose Secrets were taken over. Nothing is deleted: what made them before is for people to take away. */
export async function retire(file: JournalFile): Promise<Journal> {
  const journal = await file.read();
  if (journal === undefined)
    throw new ExpectedError("No migration runs in this environment: there is nothing to retire.");
  if (!journal.done.includes("switch")) {
    throw new ExpectedError(
      `The migration of ${journal.sources.join(", ")} has not taken the Secrets over yet.\n` +
        `    fix: ${migrateCommand(`run ${journal.sources.join(" ")}`, journal.environment)}`,
    );
  }
  await file.remove();
  return journal;
}
