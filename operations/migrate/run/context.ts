import type { MigrationPlan, PlannedSecret } from "../plan/model.ts";
import type { MigrationCluster, Place } from "./cluster.ts";
import type { Engine } from "./engine.ts";
import type { JournalFile } from "../../journal-file.ts";
import type { Journal, JournalSecret } from "./model.ts";
import type { Proof } from "./prove.ts";

/** What a migration works with. */
export interface MigrationContext {
  readonly plan: MigrationPlan;
  /** Sources and options as they were named, for the journal and for messages. */
  readonly sources: readonly string[];
  /** Folder in which their relative paths begin. */
  readonly folder?: string;
  readonly engine: Engine;
  /** The cluster that a namespace is in. */
  readonly cluster: (namespace: string) => Promise<MigrationCluster>;
  readonly journal: JournalFile<Journal>;
  /** Names what is done next. Default: nobody listens. */
  readonly onStep?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** What phases have found. */
export interface MigrationReport {
  readonly environment: string;
  /** Phases that are done. */
  readonly done: readonly string[];
  /** Newest comparison, empty where none was made in this run. */
  readonly proofs: readonly Proof[];
  /** What is left to be taken away, where the Secrets were switched. */
  readonly retire: readonly string[];
}

/** A migration that can't go on. Its message says why, and what to do; running again continues. */
export class MigrationStopped extends Error {
  override readonly name = "MigrationStopped";
  readonly proofs: readonly Proof[];

  constructor(message: string, proofs: readonly Proof[] = []) {
    super(message);
    this.proofs = proofs;
  }
}

/** Says what comes, and stops where the run is to end. */
export function step({ onStep, signal }: Pick<MigrationContext, "onStep" | "signal">, text: string): void {
  signal?.throwIfAborted();
  onStep?.(text);
}

/** The secret of the plan that an entry of the journal is about. */
export function plannedOf({ plan }: MigrationContext, { namespace, name }: Place): PlannedSecret | undefined {
  return plan.secrets.find((each) => each.namespace === namespace && each.name === name);
}

/** Writes one secret of the journal anew. */
export async function noteSecret(
  { journal }: MigrationContext,
  notes: Journal,
  secret: JournalSecret,
): Promise<Journal> {
  const secrets = notes.secrets.map((each) =>
    each.namespace === secret.namespace && each.name === secret.name ? secret : each,
  );
  const next = { ...notes, secrets };
  await journal.write(next);
  return next;
}
