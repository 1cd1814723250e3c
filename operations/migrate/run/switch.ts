import { ownerAnnotation } from "../../../components/clusters/owner.ts";
import { placeOf } from "../plan/model.ts";
import type { LiveExternalSecret, LiveSecret, MigrationCluster } from "./cluster.ts";
import { MigrationStopped, noteSecret, step, type MigrationContext } from "./context.ts";
import { besidePath, takeoverPath } from "./install.ts";
import { migrateCommand, type Journal, type JournalSecret } from "./model.ts";

/** Marks of tools that would make an ExternalSecret again. */
const tools: readonly (readonly [kind: "labels" | "annotations", name: RegExp, tool: string])[] = [
  ["labels", /^app\.kubernetes\.io\/managed-by$/, "Helm"],
  ["labels", /^argocd\.argoproj\.io\//, "Argo CD"],
  ["annotations", /^argocd\.argoproj\.io\//, "Argo CD"],
  ["labels", /^(?:kustomize|helm)\.toolkit\.fluxcd\.io\//, "Flux"],
];

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
    if (secret.mode === "beside") journal = await letGo(context, journal, { secret, cluster, live });
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
  const { kind, name } = live.controller ?? {};
  if (kind !== undefined && kind !== "ExternalSecret" && kind !== "SealedSecret") {
    const fix = "have that let go of the Secret (remove its ownerReference)";
    throw stopped(place, `it is controlled by ${kind} ${name ?? ""}, which would write it again`, fix);
  }
  const writers = (await cluster.writersOf(secret)).filter((each) => !isOurs(each, context));
  const [writer, another] = writers;
  if (writer !== undefined) {
    if (another !== undefined)
      throw stopped(place, `ExternalSecrets ${writers.map((each) => each.name).join(", ")} all write it`, several);
    const what = `ExternalSecret ${secret.namespace}/${writer.name}`;
    const tool = toolOf(writer);
    if (tool !== undefined)
      throw stopped(place, `${what} writes it, and belongs to ${tool}, which would make it again`, letGoThere);
    if (secret.previous === undefined)
      journal = await noteSecret(context, journal, { ...secret, previous: manifestOf(secret, writer) });
    step(context, `${what} lets go of Secret ${place}`);
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

const several = "leave one of them, which the migration takes away";
const letGoThere =
  "set its target.creationPolicy to Orphan and its target.deletionPolicy to Retain there, roll that out, and remove it there";

function stopped(place: string, problem: string, fix: string): MigrationStopped {
  return new MigrationStopped(
    `Secret ${place} can't be taken over: ${problem}. Nothing of it was changed.\n    fix: ${fix}, then run this again`,
  );
}

/** An earlier run may have got as far as its own. */
function isOurs({ annotations }: LiveExternalSecret, { plan }: MigrationContext): boolean {
  return annotations[ownerAnnotation]?.endsWith(`/${plan.environment}`) === true;
}

/** Who would make an ExternalSecret again. */
function toolOf(found: LiveExternalSecret): string | undefined {
  const stack = found.annotations[ownerAnnotation];
  if (stack !== undefined) return `stack ${stack}`;
  return tools.find(([kind, mark]) => Object.keys(found[kind]).some((each) => mark.test(each)))?.[2];
}

function manifestOf(
  { namespace }: JournalSecret,
  { name, labels, annotations, spec }: LiveExternalSecret,
): Record<string, unknown> {
  const kept = Object.entries(annotations).filter(([key]) => !key.startsWith("kubectl.kubernetes.io/"));
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { namespace, name, labels, annotations: Object.fromEntries(kept) },
    spec,
  };
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
