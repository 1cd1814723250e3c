import { MigrationStopped } from "./context.ts";
import type { JournalFile } from "./journal.ts";
import type { Journal } from "./model.ts";

/** Ends a migration whose Secrets were taken over. Nothing is deleted: what made them before is for people to take away. */
export async function retire(file: JournalFile): Promise<Journal> {
  const journal = await file.read();
  if (journal === undefined)
    throw new MigrationStopped("No migration runs in this environment: there is nothing to retire.");
  if (!journal.done.includes("switch")) {
    throw new MigrationStopped(
      `The migration of ${journal.sources.join(", ")} has not taken the Secrets over yet.\n` +
        `    fix: npx secrets migrate run ${journal.sources.join(" ")}`,
    );
  }
  await file.remove();
  return journal;
}
