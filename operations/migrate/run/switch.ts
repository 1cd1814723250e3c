import { placeOf } from "../plan/model.ts";
import type { LiveSecret, MigrationCluster } from "./cluster.ts";
import { MigrationStopped, noteSecret, step, type MigrationContext } from "./context.ts";
import { besidePath, takeoverPath } from "./install.ts";
import type { Journal, JournalSecret } from "./model.ts";

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
    throw new MigrationStopped(
      `Secret ${place} is controlled by ${kind} ${name ?? ""}, which would write it again. Nothing of it was changed.\n` +
        "    fix: have that let go of the Secret (remove its ownerReference), then run this again",
    );
  }
  // An ExternalSecret that was released already controls nothing any more, and is known by the journal.
  const owner = kind === "ExternalSecret" ? name : previousName(secret);
  if (owner !== undefined) {
    const at = { namespace: secret.namespace, name: owner };
    const found = await cluster.externalSecret(at);
    if (found !== undefined) {
      const { labels, annotations, spec } = found;
      const [, , tool] =
        tools.find(([kindOf, mark]) => Object.keys(found[kindOf]).some((each) => mark.test(each))) ?? [];
      if (tool !== undefined) {
        throw new MigrationStopped(
          `ExternalSecret ${at.namespace}/${at.name} belongs to ${tool}, which would make it again. Nothing of it was changed.\n` +
            `    fix: set its target.creationPolicy to Orphan and its target.deletionPolicy to Retain there, roll that out, remove it there, then run this again`,
        );
      }
      if (secret.previous === undefined) {
        const previous = manifestOf(at, { labels, annotations, spec });
        journal = await noteSecret(context, journal, { ...secret, previous });
      }
      step(context, `ExternalSecret ${at.namespace}/${at.name} lets go of Secret ${place}`);
      await cluster.release(at);
      await cluster.disown(secret);
      await cluster.deleteExternalSecret(at);
    }
  }
  if ((await cluster.secret(secret))?.controller !== undefined) await cluster.disown(secret);
  if (live.isHelms) {
    step(context, `Helm keeps Secret ${place} when its chart no longer has it`);
    await cluster.keepForHelm(secret);
  }
  return journal;
}

function manifestOf(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { labels, annotations, spec }: Pick<Holders, "labels" | "annotations" | "spec">,
): Record<string, unknown> {
  const kept = Object.entries(annotations).filter(([key]) => !key.startsWith("kubectl.kubernetes.io/"));
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { namespace, name, labels, annotations: Object.fromEntries(kept) },
    spec,
  };
}

interface Holders {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
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
      "    fix: npx secrets migrate rollback",
  );
}
