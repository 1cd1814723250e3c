import { placeOf } from "../plan/model.ts";
import { step, type MigrationContext } from "./context.ts";
import { besidePath, takeoverPath } from "./install.ts";
import { besideName, type Journal } from "./model.ts";
import { previousName } from "./switch.ts";

/** What a way back needs; sources are not read again. */
export type RollbackContext = Omit<MigrationContext, "plan" | "sources">;

/**
 * Takes a migration back, until it is retired: every Secret is left to whoever wrote it before, with its values. What was
 * delivered beside it stays, unused, until the catalogue no longer has it.
 *
 * @returns the journal of what was taken back; `undefined` where no migration runs.
 */
export async function rollBack(context: RollbackContext): Promise<Journal | undefined> {
  const { engine, journal: file } = context;
  const journal = await file.read();
  if (journal === undefined) return undefined;
  // Later phases first: what was begun may be half done, so each step is taken whether or not the phase is noted.
  await file.write({ ...journal, done: journal.done.filter((phase) => phase !== "switch") });
  for (const secret of journal.secrets) {
    if (secret.mode === "new") continue;
    step(context, `Secret ${placeOf(secret)} is left as it is`);
    await engine.setFact({ path: besidePath(secret), value: besideName(secret) });
    await engine.removeFact(takeoverPath(secret));
  }
  step(context, "pulumi up, beside what exists");
  await engine.up();
  for (const secret of journal.secrets) {
    const name = previousName(secret);
    if (name === undefined || secret.previous === undefined) continue;
    const cluster = await context.cluster(secret.namespace);
    const at = { namespace: secret.namespace, name };
    if ((await cluster.externalSecret(at)) !== undefined) continue;
    step(context, `ExternalSecret ${at.namespace}/${at.name} is made again`);
    await cluster.createExternalSecret(at, secret.previous);
  }
  await file.remove();
  return journal;
}
