import { ConfigError, ExpectedError, type Issue } from "../../../components/support/messages/errors.ts";
import { placeOf, type MigrationPlan } from "../plan/model.ts";
import { ClusterError, type LiveSecret } from "./cluster.ts";
import { EngineError } from "./engine.ts";
import { MigrationStopped, plannedOf, step, type MigrationContext, type MigrationReport } from "./context.ts";
import { begin, install } from "./install.ts";
import {
  besideName,
  doctorCommand,
  migrateCommand,
  newName,
  type Journal,
  type JournalSecret,
  type Phase,
} from "./model.ts";
import { prove, refuted, type Proof } from "./prove.ts";
import { leftoverText, retirement } from "./retire.ts";
import { switchOver } from "./switch.ts";

export interface RunOptions {
  /** Last phase of this run. Default: `switch`; people retire what was there before. */
  readonly until?: Exclude<Phase, "retire">;
}

const runnable = ["install", "store", "beside", "prove", "switch"] as const;

/**
 * Carries a plan out, phase by phase, from where an earlier run ended. Each phase may be repeated: what is done already is
 * found done.
 *
 * @throws ConfigError before anything was changed, with everything that is in the way.
 * @throws MigrationStopped, EngineError on the way: the journal has what was done.
 */
export async function runMigration(
  whole: MigrationContext,
  { until = "switch" }: RunOptions = {},
): Promise<MigrationReport> {
  let journal = await opened(whole);
  const context = { ...whole, plan: ofJournal(whole.plan, journal) };
  let proofs: readonly Proof[] = [];
  for (const phase of runnable.slice(0, runnable.indexOf(until) + 1)) {
    if (journal.done.includes(phase)) continue;
    step(context, phase);
    if (phase === "install") await install(context, journal);
    else if (phase === "store") await stored(context, journal);
    else if (phase === "beside") await complete(context, journal);
    else if (phase === "prove") proofs = await proved(context, journal);
    else journal = await switchOver(context, journal);
    journal = { ...journal, done: [...journal.done, phase] };
    await context.journal.write(journal);
  }
  return reportOf(context, journal, proofs);
}

/** The journal of the migration that runs, or of one that begins. */
async function opened(context: MigrationContext): Promise<Journal> {
  const { plan, journal: file, sources } = context;
  const present = await file.read();
  if (present === undefined) {
    const { journal, issues } = await beforeFirstChange(() => begin(context));
    if (issues.length > 0) throw new ConfigError(plan.environment, issues);
    if (journal.secrets.length === 0) throw new ConfigError(plan.environment, [nothingFound(sources)]);
    await file.write(journal);
    return journal;
  }
  if (present.secrets.every((each) => plannedOf(context, each) !== undefined)) return present;
  throw new ConfigError(plan.environment, [
    {
      path: "migration",
      problem: `one of ${present.secrets.map(placeOf).join(", ")} is not finished, and these sources are of others`,
      fix:
        `finish it first: ${migrateCommand(`run ${present.sources.join(" ")}`, plan.environment)}\n` +
        `    or take it back: ${migrateCommand("rollback", plan.environment)}`,
    },
  ]);
}

/** The plan without Secrets that appeared since the migration began: they wait for the next one. */
function ofJournal(plan: MigrationPlan, { secrets }: Journal): MigrationPlan {
  const places = new Set(secrets.map(placeOf));
  return { ...plan, secrets: plan.secrets.filter((each) => places.has(placeOf(each))) };
}

/** What can't be asked while nothing was changed is refused. */
async function beforeFirstChange<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ClusterError || error instanceof EngineError)) throw error;
    throw new ExpectedError(`Nothing was changed. ${error.message}`);
  }
}

function nothingFound(sources: readonly string[]): Issue {
  return { path: sources.join(", "), problem: "nothing was found that can be migrated" };
}

/** The operator has read every value from the store. */
async function stored(context: MigrationContext, { secrets, environment }: Journal): Promise<void> {
  for (const secret of secrets) {
    const { namespace } = secret;
    const name = newName(secret, false);
    const found = await (await context.cluster(namespace)).externalSecret({ namespace, name });
    // Plain and GitOps deliveries have none: what they deliver is looked at next.
    if (found === undefined || found.isReady) continue;
    throw new MigrationStopped(
      `ExternalSecret ${namespace}/${name} is not ready: ${found.message}\n    fix: ${doctorCommand(`${namespace}/${name}`, environment)}`,
    );
  }
}

/** Each new Secret has every key. */
async function complete(context: MigrationContext, { secrets, environment }: Journal): Promise<void> {
  for (const secret of secrets) {
    const { namespace } = secret;
    const name = newName(secret, false);
    const found = await (await context.cluster(namespace)).secret({ namespace, name });
    const missing = secret.keys.filter((key) => found?.values.has(key) !== true);
    if (missing.length === 0) continue;
    const what = found === undefined ? "does not exist yet" : `lacks ${missing.join(", ")}`;
    throw new MigrationStopped(
      `Secret ${namespace}/${name} ${what}.\n    fix: ${doctorCommand(`${namespace}/${name}`, environment)}`,
    );
  }
}

async function proved(context: MigrationContext, { secrets, environment }: Journal): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  for (const secret of secrets) proofs.push(...(await proofsOf(context, secret)));
  const wrong = refuted(proofs);
  if (wrong.length === 0) return proofs;
  const lines = wrong.map(({ secret, key, result }) => `  Secret ${secret}, ${key}: ${result}`);
  throw new MigrationStopped(
    `Old and new values are not proved equal, so nothing was taken over:\n${lines.join("\n")}\n` +
      `    fix: take the migration back, put the value right where it comes from, and run it again: ${migrateCommand("rollback", environment)}`,
    proofs,
  );
}

async function proofsOf(context: MigrationContext, secret: JournalSecret): Promise<readonly Proof[]> {
  const planned = plannedOf(context, secret);
  if (planned === undefined) return [];
  const cluster = await context.cluster(secret.namespace);
  const next = await cluster.secret({ namespace: secret.namespace, name: newName(secret, false) });
  const live = secret.mode === "beside" ? await cluster.secret(secret) : next;
  return prove({ secret: planned, live, next });
}

async function reportOf(
  context: MigrationContext,
  { environment, done, secrets }: Journal,
  proofs: readonly Proof[],
): Promise<MigrationReport> {
  const isSwitched = done.includes("switch");
  const seen: (JournalSecret & { readonly live: LiveSecret | undefined })[] = [];
  const kept: string[] = [];
  for (const secret of isSwitched ? secrets : []) {
    const cluster = await context.cluster(secret.namespace);
    seen.push({ ...secret, live: await cluster.secret(secret) });
    const copy = { namespace: secret.namespace, name: besideName(secret) };
    // Where policy retains Secrets, it outlives its ExternalSecret.
    if ((await cluster.secret(copy)) !== undefined)
      kept.push(`Secret ${placeOf(copy)}: kubectl delete secret ${copy.name} -n ${copy.namespace}`);
  }
  return { environment, done, proofs, retire: [...retirement(context.plan, seen).map(leftoverText), ...kept] };
}
