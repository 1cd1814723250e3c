import type { NotAsked } from "../../components/backends/examiner.ts";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import type { OldVersions } from "../../components/backends/old-versions.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import type { Answer } from "../doctor/cluster-reader.ts";
import type { EngineState } from "../doctor/engine-reader.ts";
import type { JournalFile } from "../journal-file.ts";
import type { LeakJournal } from "./leak-journal.ts";
import type { MovedEpochs } from "./moved-epochs.ts";
import type { OldVersionsFound, Remark, VerifiedSecret } from "./model.ts";

/** What a rotation works with. */
export interface RotationTools {
  readonly stack: string;
  /** The description as its files have it at that moment. */
  readonly load: () => Promise<Environment>;
  readonly state: () => Promise<Answer<EngineState>>;
  /** Writes epochs into the stack's file, all or none. */
  readonly moveEpochs: (move: EpochMove) => Promise<void>;
  /** `pulumi up` of the stacks that have these secrets; throws EngineError with what it said. */
  readonly engine: { readonly up: (ids: readonly string[]) => Promise<void> };
  /** Looks at every Secret that gets a value of these secrets. */
  readonly verify: (environment: Environment, ids: readonly string[]) => Promise<Verification>;
  /** Opens a store for its old versions. */
  readonly oldVersions: (store: RemoteStoreSpec) => Promise<OldVersions | NotAsked>;
  /** Asks whether what was found may be disabled. */
  readonly agree: (found: readonly OldVersionsFound[]) => Promise<boolean>;
  /** What a rotation after a leak has done so far. */
  readonly journal: JournalFile<LeakJournal>;
  /** Epochs that calls have moved and not seen to their end. */
  readonly moved: JournalFile<MovedEpochs>;
  readonly now: () => Date;
  /** Waits before the engine is asked again, at most so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Names what is done next. Default: nobody listens. */
  readonly onStep?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** What the stack's file gets, by `<app>/<secret>`. */
export interface EpochMove {
  /** Epochs of the next rotations. */
  readonly epochs: ReadonlyMap<string, string>;
  /** Rotations whose previous values must not stay valid (`retirePrevious`). Default: none. */
  readonly retired?: ReadonlyMap<string, string>;
}

/** How the Secrets were found. */
export interface Verification {
  readonly verified: readonly VerifiedSecret[];
  readonly remarks: readonly Remark[];
}

/** Says what comes, and stops where the run is to end. */
export function step({ onStep, signal }: Pick<RotationTools, "onStep" | "signal">, text: string): void {
  signal?.throwIfAborted();
  onStep?.(text);
}
