import { placeOf } from "../plan/model.ts";
import type { LiveSecret, MigrationCluster } from "./cluster.ts";
import { MigrationStopped, noteSecret, step, type MigrationContext } from "./context.ts";
import { holdersOf, manifestOf } from "./holders.ts";
import { besidePath, takeoverPath } from "./install.ts";
import { migrateCommand, type Journal, type JournalSecret } from "./model.ts";

/**
 * Takes the Secrets that exist over in place: whoever wrote them lets go first, so that nothing deletes them, then the
 * engine makes its own deliver into them. The Secret exists with its values throughout.
 */
export async function switchOver(context: MigrationContext, notes: Journal): Promise<Journal> {
  let journal = notes;
  const before = new Map<string, LiveSecret>();
  for (const secret of notes.secrets) {
    if (secret.mode === "new") continue;
    const cluster = await context.cluster(secret.namespace);
    const live = await cluster.secret(secret);
    if (live === undefined) throw new MigrationStopped(`Secret ${placeOf(secret)} is gone: nothing can be taken over.`);
    before.set(placeOf(secret), live);
    journal = await letGo(context, journal, { secret, cluster, live });
    await takeOver(context, secret);
  }
  step(context, "pulumi up, which takes the Secrets over");
  await context.engine.up();
  step(context, "comparing what was taken over");
  for (const { namespace, name } of notes.secrets) await unchanged(context, { namespace, name }, before);
  return journal;
}

interface Holder {
  readonly secret: JournalSecret;
  readonly cluster: MigrationCluster;
  readonly live: LiveSecret;
}

/** Ends what others do with a Secret. Each step may be repeated. */
async function letGo(context: MigrationContext, notes: Journal, { secret, cluster, live }: Holder): Promise<Journal> {
  let journal = notes;
  const place = placeOf(secret);
  const { writer, obstacle } = await holdersOf({ cluster, secret, live, environment: notes.environment });
  if (obstacle !== undefined) {
    const { problem, fix } = obstacle;
    throw new MigrationStopped(
      `Secret ${place} ${problem}. Nothing of it was changed.\n    fix: ${fix}, then run this again`,
    );
  }
  if (writer !== undefined) {
    if (secret.previous === undefined)
      journal = await noteSecret(context, journal, { ...secret, previous: manifestOf(secret, writer) });
    step(context, `ExternalSecret ${secret.namespace}/${writer.name} lets go of Secret ${place}`);
    const at = { namespace: secret.namespace, name: writer.name };
    await cluster.release(at);
    await cluster.disown(secret);
    await cluster.deleteExternalSecret(at);
  }
  if ((await cluster.secret(secret))?.controller !== undefined) await cluster.disown(secret);
  if (live.isHelms) {
    step(context, `Helm keeps Secret ${place} when its chart no longer has it`);
    await cluster.keepForHelm(secret);
  }
  return journal;
}

export function previousName({ previous }: JournalSecret): string | undefined {
  const metadata = previous?.["metadata"] as { readonly name?: string } | undefined;
  return metadata?.name;
}

async function takeOver({ engine }: MigrationContext, secret: JournalSecret): Promise<void> {
  await engine.setFact({ path: takeoverPath(secret), value: secret.takeover });
  if (secret.mode === "beside") await engine.removeFact(besidePath(secret));
}

/** A Secret that was taken over holds what it held, and every key. */
async function unchanged(
  context: MigrationContext,
  place: { readonly namespace: string; readonly name: string },
  before: ReadonlyMap<string, LiveSecret>,
): Promise<void> {
  const was = before.get(placeOf(place));
  if (was === undefined) return;
  const is = await (await context.cluster(place.namespace)).secret(place);
  const changed = [...was.values].filter(([key, value]) => is?.values.get(key)?.equals(value) !== true);
  if (changed.length === 0) return;
  throw new MigrationStopped(
    `Secret ${placeOf(place)} has other values than before it was taken over: ${changed.map(([key]) => key).join(", ")}.\n` +
      `    fix: ${migrateCommand("rollback", context.plan.environment)}`,
  );
}
